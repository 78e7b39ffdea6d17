from datetime import UTC, date, datetime

import pytest

from features.errors import CallerError
from features.snapshot.days import day_table, end_of, next_spring_festival


def test_days_come_once_in_order_each_with_the_one_before() -> None:
    rows = day_table([date(2024, 3, 1), date(2000, 1, 1), date(2024, 3, 1)]).to_pylist()
    assert [row["as_of"] for row in rows] == [date(2000, 1, 1), date(2024, 3, 1)]
    assert rows[0]["day"] == 10_957
    assert rows[0]["after_day"] < 0
    assert rows[1]["after_day"] == 10_957


@pytest.mark.parametrize("days", [[], [date(1989, 12, 31)], [date(2024, 1, 1), date(2100, 1, 1)]])
def test_days_that_no_book_can_hold_are_refused(days: list[date]) -> None:
    with pytest.raises(CallerError, match="day"):
        day_table(days)


@pytest.mark.parametrize(
    ("day", "festival"),
    [
        (date(2024, 2, 9), date(2024, 2, 10)),
        (date(2024, 2, 10), date(2024, 2, 10)),
        (date(2024, 2, 11), date(2025, 1, 29)),
        (date(2099, 12, 31), date(2100, 2, 9)),
    ],
)
def test_the_next_spring_festival(day: date, festival: date) -> None:
    assert next_spring_festival(day) == festival


def test_a_day_ends_at_midnight_utc() -> None:
    assert end_of(date(2024, 2, 29)) == datetime(2024, 3, 1, tzinfo=UTC)
