import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.demand import COLUMNS, demand

HORIZON = 90
STEADY = {
    "orders_365d": 52,
    "orders_90d": 13,
    "mean_order_usd_cents_365d": 5_000_00.0,
    "tenure_days": 900,
    "taken_terms_days_365d": 60.0,
    "terms_days_90d": 55.0,
}


def one(**changes):
    row = STEADY | changes
    assert set(row) == set(COLUMNS)
    return demand(pa.table({name: pa.array([value]) for name, value in row.items()}), HORIZON)


def test_a_steady_buyer_needs_more_than_it_has_open_on_average():
    found = one()
    a_day = 0.7 * 52 / 410 + 0.3 * 13 / 105
    assert found.turnover[0] == pytest.approx(a_day * 90 * 5_000_00)
    assert found.open[0] == pytest.approx(a_day * 60 * 5_000_00)
    assert 2 < found.need[0] / found.open[0] < 5


def test_growth_and_longer_terms_raise_the_need():
    assert one(orders_90d=26).need > one().need
    assert one(taken_terms_days_365d=90.0).need > one().need


def test_a_thin_history_counts_for_less():
    assert one(orders_365d=1, orders_90d=1, tenure_days=3).turnover < 0.15 * 90 / 4 * 5_000_00


def test_terms_fall_back_to_those_asked_and_then_to_the_usual():
    assert one(taken_terms_days_365d=None).open == pytest.approx(one(taken_terms_days_365d=55.0).open)
    neither = one(taken_terms_days_365d=None, terms_days_90d=None)
    assert neither.open == pytest.approx(one(taken_terms_days_365d=60.0).open)


def test_without_trade_nothing_is_asked_for_covered_or_owed():
    idle = one(orders_365d=0, orders_90d=0, mean_order_usd_cents_365d=None)
    limit = np.array([[0.0, 5_000_00.0]])
    assert (idle.turnover, idle.need) == (0, 0)
    assert not idle.covered(limit).any()
    assert not idle.owed(limit).any()


@given(st.floats(0, 1e10), st.floats(0, 1e10), st.integers(1, 3000))
def test_more_limit_lets_more_through_and_never_more_is_owed_than_is_covered(first, second, orders):
    buyer = one(orders_365d=orders)
    low, high = sorted([first, second])
    for figure in (buyer.covered, buyer.owed):
        assert 0 <= figure(np.array([low]))[0] <= figure(np.array([high]))[0]
    assert buyer.covered(np.array([high]))[0] <= buyer.turnover[0]
    assert buyer.owed(np.array([high]))[0] <= high
