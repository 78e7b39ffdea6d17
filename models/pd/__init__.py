"""Probability of default: constant, scorecard, boosted trees, and the calibration of each."""
