"""Splits by time: what a model was fitted on was known before the first day that it is judged on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from features.errors import DataError


@dataclass(frozen=True, slots=True)
class TimeSplit:
    """Snapshot days to fit on and to judge on.

    The outcomes of `train` were all mature on `cut`, the first day of `test`: days between are used for neither.
    """

    train: tuple[date, ...]
    test: tuple[date, ...]
    between: tuple[date, ...]

    @property
    def cut(self) -> date:
        """The first out-of-time day."""
        return self.test[0]


def split_by_time(days: Sequence[date], wait_days: int, train_share: float) -> TimeSplit:
    """Give `train_share` of the days that are left, once the waiting time between the two is taken out, to fitting.

    Raises:
        DataError: the days do not span more than the waiting time.
    """
    spare = (days[-1] - days[0]).days - wait_days if days else -1
    if spare < 0:
        spanned = f"{days[0]} to {days[-1]}" if days else "none"
        cause = f"span too little: an outcome takes {wait_days} days to be known, and days to judge on come after that"
        raise DataError("mature snapshot days", spanned, cause, "load a longer history, or shorten the horizon")
    cut_from = days[0] + timedelta(days=wait_days + int(train_share * spare))
    test = tuple(day for day in days if day >= cut_from)
    train = tuple(day for day in days if day + timedelta(days=wait_days) <= test[0])
    return TimeSplit(train, test, tuple(day for day in days if day not in train and day not in test))
