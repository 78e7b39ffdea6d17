"""The days asked for, as the small table that every step of the feature SQL joins."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache

import holidays
import pyarrow as pa

from features.book.kinds import FIRST_DAY, LAST_DAY
from features.errors import CallerError

EPOCH = date(1970, 1, 1)
# Before every instant that a book may hold, for the first day has no day before it.
_LONG_AGO = -100_000

SCHEMA = pa.schema(
    [
        pa.field("as_of", pa.date32(), nullable=False),
        pa.field("day", pa.int32(), nullable=False),
        pa.field("after_day", pa.int32(), nullable=False),
        pa.field("festival_day", pa.int32(), nullable=False),
    ]
)


def day_table(days: Iterable[date]) -> pa.Table:
    """Tabulate days in order, once each.

    Returns:
        A table of `SCHEMA`, days counted from 1970-01-01: `after_day` is the day asked for before `day`, and
        `festival_day` the next Spring Festival's first day.

    Raises:
        CallerError: there is no day, or one that no book can hold.
    """
    chosen = sorted(set(days))
    if not chosen:
        raise CallerError("days", None, "are missing", "ask for at least one, as in --as-of 2024-06-30")
    for day in (chosen[0], chosen[-1]):
        if not FIRST_DAY <= day <= LAST_DAY:
            raise CallerError("day", day, "is not plausible", f"ask for one from {FIRST_DAY} to {LAST_DAY}")
    numbers = [(day - EPOCH).days for day in chosen]
    festivals = [(next_spring_festival(day) - EPOCH).days for day in chosen]
    return pa.table([chosen, numbers, [_LONG_AGO, *numbers[:-1]], festivals], schema=SCHEMA)


def next_spring_festival(day: date) -> date:
    """Find the first day of the Spring Festival on or after a day."""
    ours = _spring_festival(day.year)
    return ours if day <= ours else _spring_festival(day.year + 1)


@cache
def _spring_festival(year: int) -> date:
    return min(holidays.country_holidays("CN", years=year, language="en_US").get_named("Spring Festival"))


def refuse_to_come(day: date) -> None:
    """Refuse a day (UTC) that has not begun: nobody knows yet what will be known at its end.

    Raises:
        CallerError: the day is still to come.
    """
    today = datetime.now(UTC).date()
    if day > today:
        raise CallerError("day", day, "is still to come", f"name {today} or a day before it")


def end_of(day: date) -> datetime:
    """Tell the first instant that is too late to be known on the day: the next day's 00:00 UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
