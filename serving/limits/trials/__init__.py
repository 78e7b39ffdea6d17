"""Trials: limits of the whole book worked out without being put into force, to look at and, where wanted, release."""
