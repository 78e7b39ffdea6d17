"""Limits over time: what each buyer's limit was on any day."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

# Days from 1970 stay below this, so that buyer and day make one number.
_DAYS = 1 << 20


@dataclass(frozen=True, slots=True)
class Timeline:
    """Limits by buyer and first day; one entry a decision, US cents.

    Attributes:
        key: (m,) buyer's place and first day in one number, rising.
        amount: (m,) the limit from that day on.
        ends: (m,) the day on which it ends unless another takes its place.
    """

    key: Ints
    amount: Ints
    ends: Ints

    @classmethod
    def of(cls, buyer: Ints, day: Ints, amount: Ints, ends: Ints) -> "Timeline":
        """Put decisions in order; of two for the same buyer and day the later one in the list holds."""
        key = buyer * _DAYS + day
        order = np.argsort(key, kind="stable")
        last = np.append(np.diff(key[order]) != 0, True)
        order = order[last] if len(order) else order
        return cls(key[order], amount[order], ends[order])

    def at(self, buyer: Ints, day: Ints, unknown: Ints) -> Ints:
        """Give the limit of each buyer on each day; `unknown` where none was decided yet, 0 where it has ended."""
        if len(self.key) == 0:
            return unknown.copy()
        place = np.searchsorted(self.key, buyer * _DAYS + day, side="right") - 1
        found = self.key[place] // _DAYS == buyer
        limit = np.where(self.ends[place] > day, self.amount[place], 0)
        return np.where((place >= 0) & found, limit, unknown)


def days_of(days: list[date]) -> Ints:
    """Count days from 1970-01-01."""
    return np.array(days, dtype="datetime64[D]").astype(np.int64)
