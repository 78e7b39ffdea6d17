"""Splits by time: the days whose outcomes take no longer to be known than until the first day that is judged on.

How long outcomes take is a quantile, so that single ones come later still: `training.known` leaves them out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from features.errors import DataError


@dataclass(frozen=True, slots=True)
class TimeSplit:
    """Snapshot days to fit on and to judge on.

    The waiting time of `train` was over on `cut`, the first day of `test`: days between are used for neither.
    """

    train: tuple[date, ...]
    test: tuple[date, ...]
    between: tuple[date, ...]

    @property
    def cut(self) -> date:
        """The first out-of-time day."""
        return self.test[0]

    def mature_by(self, last: date) -> "TimeSplit":
        """Fit on no day after `last`; days that are taken out are used for neither."""
        train = tuple(day for day in self.train if day <= last)
        return replace(self, train=train, between=(*self.train[len(train) :], *self.between))


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


def rolling_origins(days: Sequence[date], split: TimeSplit, wait_days: int, count: int) -> tuple[TimeSplit, ...]:
    """Cut the days judged on into at most `count` parts, each with all days that were mature on its first to fit on.

    Buyers come back from part to part; no day that a part is judged on was looked at by what it was fitted on
    (L. Tashman, "Out-of-sample tests of forecasting accuracy: an analysis and review" (2000), rolling origin).
    """
    parts = min(count, len(split.test))
    bounds = [len(split.test) * part // parts for part in range(parts + 1)]
    return tuple(_from_origin(days, split.test[low:high], wait_days) for low, high in pairwise(bounds))


def _from_origin(days: Sequence[date], test: tuple[date, ...], wait_days: int) -> TimeSplit:
    train = tuple(day for day in days if day + timedelta(days=wait_days) <= test[0])
    return TimeSplit(train, test, tuple(day for day in days if day not in train and day < test[0]))
