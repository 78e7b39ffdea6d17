import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.backtest.histories import history, terms
from training.backtest.replay import replay

ORDER = st.tuples(
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(0, 1),
    st.integers(0, 60),
    st.integers(1, 500),
    st.just(0),
    st.just(0),
)


def covered(past, limit, **ceilings):
    return replay(past, np.full(len(past.orders), limit), terms(past, **ceilings)).tolist()


def test_an_order_is_covered_as_far_as_the_limit_has_room():
    past = history([(0, 0, 0, day, 100, 0, 0) for day in (1, 2, 3)])
    assert covered(past, 250) == [100, 100, 50]
    assert covered(past, 0) == [0, 0, 0]


def test_buyers_do_not_share_a_limit():
    past = history([(0, 0, 0, 1, 100, 0, 0), (1, 0, 0, 2, 100, 0, 0)])
    assert covered(past, 100) == [100, 100]


def test_what_was_paid_frees_room_from_the_day_of_its_record():
    orders = [(0, 0, 0, day, 100, 0, 0) for day in (1, 9, 10)]
    assert covered(history(orders, [(0, 10, 60)]), 100) == [100, 0, 60]


def test_a_payment_first_lowers_what_no_cover_bears():
    orders = [(0, 0, 0, 1, 100, 0, 0), (0, 0, 0, 5, 100, 0, 0)]
    assert covered(history(orders, [(0, 3, 60)]), 40) == [40, 0]
    assert covered(history(orders, [(0, 3, 70)]), 40) == [40, 10]


def test_a_payment_entered_before_its_order_frees_it_on_that_day():
    orders = [(0, 0, 0, 5, 100, 0, 0), (0, 0, 0, 6, 100, 0, 0)]
    assert covered(history(orders, [(0, 2, 100)]), 100) == [100, 100]


def test_a_correction_that_takes_a_payment_back_brings_exposure_back():
    orders = [(0, 0, 0, day, 100, 0, 0) for day in (1, 9, 12)]
    assert covered(history(orders, [(0, 5, 100), (0, 10, 30)]), 150) == [100, 100, 0]
    early = [(0, 0, 0, 5, 100, 0, 0), (0, 0, 0, 6, 100, 0, 0)]
    assert covered(history(early, [(0, 2, 100), (0, 3, 30)]), 100) == [100, 30]


@pytest.mark.parametrize("ceiling", ["exporter", "country", "year"])
def test_each_ceiling_holds(ceiling):
    past = history([(buyer, 0, 0, 1 + buyer, 100, 0, 0) for buyer in range(3)])
    assert covered(past, 1000, **{ceiling: 150}) == [100, 50, 0]


def test_a_year_s_room_is_used_up_whether_or_not_it_is_paid_and_comes_back_next_year():
    orders = [(0, 0, 0, day, 100, 0, 0) for day in (1, 20, 400)]
    assert covered(history(orders, [(0, 10, 100)]), 1000, year=150) == [100, 50, 100]


def test_what_is_not_insurable_is_not_covered():
    assert covered(history([(0, 0, 0, 1, 100, 0, 0)]), 1000, insurable=False) == [0]


@given(st.lists(ORDER, min_size=1, max_size=40), st.integers(0, 900), st.integers(50, 2000), st.integers(50, 2000))
def test_no_ceiling_is_ever_passed(orders, limit, of_exporter, of_country):
    past = history(orders)
    given_ = np.array(covered(past, limit, exporter=of_exporter, country=of_country))
    assert (given_ >= 0).all()
    assert (given_ <= past.orders.cents).all()
    for who, most in (
        (past.orders.buyer, limit),
        (past.orders.exporter, of_exporter),
        (past.orders.country, of_country),
    ):
        assert (np.bincount(who, weights=given_) <= most).all()
