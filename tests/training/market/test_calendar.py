from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.market.calendar import AHEAD, calendar, to_date, to_day
from training.market.parameters import Festival

FESTIVAL = Festival(days=45, hazard=0.8, orders=0.4)
MONTHS = calendar(date(2025, 12, 31), 2, FESTIVAL)


def test_the_months_are_those_of_the_years_that_end_on_the_day():
    assert MONTHS.months == 24
    assert to_date(MONTHS.starts[0]) == date(2024, 1, 1)
    assert to_date(MONTHS.starts[MONTHS.months]) == date(2026, 1, 1)
    assert len(MONTHS.lengths) == 24 + AHEAD
    assert MONTHS.lengths[:3].tolist() == [31, 29, 31]
    assert MONTHS.of_year()[:13].tolist() == [*range(1, 13), 1]


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_a_day_lies_in_its_month(day):
    month = int(MONTHS.month_of(np.array([to_day(day)]))[0])
    assert to_date(MONTHS.starts[month]) == day.replace(day=1)


def test_a_day_before_the_market_lies_in_no_month():
    assert MONTHS.month_of(np.array([to_day(date(2023, 12, 31))])).tolist() == [-1]


def test_the_weeks_before_spring_festival_are_found():
    # 10 February 2024 and 29 January 2025: the 45 days before begin on 27 December and 15 December.
    assert MONTHS.festival[0] == 1.0
    assert MONTHS.festival[1] == 10 / 29
    assert MONTHS.festival[6] == 0.0
    assert MONTHS.festival[11] == 17 / 31
    assert MONTHS.festival[12] == 29 / 31
