"""Snapshots: the features of every buyer as known at the end of chosen days.

>>> snapshot(Path("book"), [date(2024, 6, 30)])  # doctest: +SKIP
"""

from features.snapshot.duck import snapshot

__all__ = ["snapshot"]
