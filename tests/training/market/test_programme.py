"""Limits: cover on a buyer never passes its cap, whatever is asked."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.market.calendar import to_day
from training.market.exporters import NEVER
from training.market.parameters import load
from training.market.programme import Asked, apply_limits, caps_usd
from training.market.setting import draw_setting
from training.market.streams import Ints

SETTING = draw_setting(load(), date(2020, 12, 31), 2, 2, 1)
PARAMETERS, MONTHS = SETTING.parameters, SETTING.calendar
LAUNCH = to_day(date(2020, 1, 1))
CAP_CENTS = 8_000_000
BUYERS = 3


def _asked(rows: list[tuple[int, int, int, int, int]]) -> Asked:
    """Rows of buyer, day, exporter, cents and days until settled."""
    rows = sorted(rows, key=lambda row: row[1])
    buyer, day, exporter, cents, open_days = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    never = np.full(len(rows), MONTHS.starts[-1])
    return Asked(buyer, MONTHS.month_of(day), day, exporter, cents, day + open_days, never)


def _cut(asked: Asked, enrolled_on: tuple[int, int] = (LAUNCH, LAUNCH)) -> tuple[Ints, Ints]:
    exporters = replace(SETTING.exporters, enrolled_on=np.array(enrolled_on))
    return apply_limits(replace(SETTING, exporters=exporters), asked, BUYERS, 0)


rows = st.lists(
    st.tuples(
        st.integers(0, BUYERS - 1),
        st.integers(LAUNCH, int(MONTHS.starts[MONTHS.months]) - 1),
        st.integers(0, 1),
        st.integers(10_000, 20_000_000),
        st.integers(1, 300),
    ),
    min_size=1,
    max_size=40,
)


@given(rows)
@settings(max_examples=60, deadline=None)
def test_cover_outstanding_never_passes_the_cap(drawn):
    asked = _asked(drawn)
    cents, covered = _cut(asked)
    assert (covered >= 0).all()
    assert (covered <= cents).all()
    assert (cents <= asked.cents).all()
    assert (cents > 0).all()
    for buyer in range(BUYERS):
        ours = asked.buyer == buyer
        for day in asked.day[ours]:
            open_then = ours & (asked.day <= day) & (asked.settled_on > day)
            assert covered[open_then].sum() <= CAP_CENTS


@given(rows)
@settings(max_examples=25, deadline=None)
def test_what_fits_is_not_cut(drawn):
    asked = _asked(drawn)
    cents, covered = _cut(asked)
    fits = covered == asked.cents
    assert (cents[fits] == asked.cents[fits]).all()
    if asked.cents[asked.buyer == asked.buyer[0]].sum() <= CAP_CENTS:
        assert fits[asked.buyer == asked.buyer[0]].all()


def test_an_exporter_who_does_not_insure_is_neither_cut_nor_covered():
    cents, covered = _cut(_asked([(0, LAUNCH + 5, 1, 50_000_000, 30)]), (LAUNCH, NEVER))
    assert (cents.tolist(), covered.tolist()) == ([50_000_000], [0])


def test_before_the_launch_nothing_is_cut_or_covered():
    cents, covered = _cut(_asked([(0, LAUNCH - 60, 0, 50_000_000, 30)]), (0, 0))
    assert (cents.tolist(), covered.tolist()) == ([50_000_000], [0])
    assert caps_usd(MONTHS)[0] == np.inf
    assert caps_usd(MONTHS)[12] == 80_000


def test_room_comes_back_when_an_order_is_settled():
    _, covered = _cut(
        _asked([(0, LAUNCH, 0, CAP_CENTS, 40), (0, LAUNCH + 35, 0, 500_000, 30), (0, LAUNCH + 95, 0, 500_000, 9)])
    )
    assert covered.tolist() == [CAP_CENTS, 0, 500_000]


@pytest.mark.parametrize(("days_after", "expected"), [(40, 0), (40 + PARAMETERS.programme.stop_days + 31, 700_000)])
def test_a_buyer_known_to_have_defaulted_gets_no_cover_for_a_time(days_after, expected):
    asked = _asked([(0, LAUNCH, 0, 600_000, 10), (0, LAUNCH + days_after, 0, 700_000, 10)])
    asked.stop_on[0] = LAUNCH + 3
    _, covered = _cut(asked)
    assert covered.tolist() == [600_000, expected]
