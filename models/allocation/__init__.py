"""Allocation: the limits of a whole book that cover the most trade for the loss that the programme will bear."""
