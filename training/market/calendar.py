"""The market's months and the weeks before Spring Festival. Days are counted from 1970-01-01."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from features.snapshot.days import EPOCH, next_spring_festival
from training.market.parameters import Festival
from training.market.streams import Floats, Ints

# The latent chain runs on so many months past the market's end, until the last order is settled.
AHEAD = 14


@dataclass(frozen=True)
class Calendar:
    """The months of a market.

    Attributes:
        until: last day of the market; nothing is recorded after it.
        months: how many months have orders; `AHEAD` more follow in which only health moves.
        starts: first day of each month, with the first day after the last one at the end.
        festival: share of each month that lies in the weeks before Spring Festival.
    """

    until: int
    months: int
    starts: Ints
    festival: Floats

    @property
    def lengths(self) -> Ints:
        """Days of each month."""
        return np.diff(self.starts)

    def month_of(self, days: Ints) -> Ints:
        """Find the month of each day; days before the market lie in month -1."""
        return np.searchsorted(self.starts, days, side="right").astype(np.int64) - 1

    def of_year(self) -> Ints:
        """Give each month's number in its year, 1 to 12."""
        return self.starts[:-1].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1


def calendar(until: date, years: int, festival: Festival) -> Calendar:
    """Lay out the months of the years that end on a day."""
    last = np.datetime64(until, "M")
    months = np.arange(last - 12 * years + 1, last + AHEAD + 2)
    starts = months.astype("datetime64[D]").astype(np.int64)
    return Calendar(to_day(until), 12 * years, starts, _share_before_festival(starts, festival.days))


def to_day(day: date) -> int:
    """Count a date's days."""
    return (day - EPOCH).days


def to_date(day: int) -> date:
    """Turn a count of days into a date."""
    return EPOCH + timedelta(days=int(day))


def _share_before_festival(starts: Ints, window: int) -> Floats:
    days = np.arange(starts[0], starts[-1])
    years = range(to_date(starts[0]).year, to_date(starts[-1]).year + 2)
    eves = np.array([to_day(next_spring_festival(date(year, 1, 1))) for year in years])
    ahead = eves[np.searchsorted(eves, days)] - days
    inside = np.concatenate([[0], np.cumsum(ahead <= window)])
    offsets = starts - starts[0]
    shares: Floats = np.diff(inside[offsets]) / np.diff(offsets)
    return shares
