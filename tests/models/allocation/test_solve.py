import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import coo_array, eye_array, kron

from models.allocation.problem import use_of
from models.allocation.solve import allocate
from tests.models.allocation.books import book

TIGHT = [
    {"loss": 0.001},
    {"loss": 0.5, "tail": 0.004},
    {"loss": 0.5, "tail": 0.5, "trade": 0.4},
    {"country": 0.3},
    {"loss": 0.0015, "tail": 0.006, "trade": 0.7, "country": 0.8},
    {"loss": 0.0015, "tail": 0.006, "trade": 0.3, "country": 0.8, "countries": 12},
]


def best(problem, gap=1e-5):
    """The optimum by HiGHS, as a mixed-integer programme: one tier a buyer."""
    tiers, buyers = problem.trade.shape
    one_each = kron(eye_array(buyers), np.ones((1, tiers)))
    trade, loss = problem.trade.T.ravel(), problem.loss.T.ravel()
    stressed = (problem.loss * problem.stress).T.ravel()
    place = np.arange(buyers * tiers)
    by_country = coo_array(
        (np.tile(problem.tiers, buyers), (np.repeat(problem.country, tiers), place)),
        shape=(len(problem.country_room), buyers * tiers),
    )
    shares = np.vstack([loss - problem.loss_share * trade, stressed - problem.tail_share * trade, trade])
    rows = [
        LinearConstraint(one_each, 1, 1),
        LinearConstraint(coo_array(shares), -np.inf, [0, 0, problem.trade_room]),
        LinearConstraint(by_country, -np.inf, problem.country_room.astype(float)),
    ]
    found = milp(-trade, integrality=np.ones(len(trade)), bounds=(0, 1), constraints=rows, options={"mip_rel_gap": gap})
    assert found.success, found.message
    return -found.fun


@pytest.mark.parametrize("ceilings", TIGHT)
def test_on_a_small_book_it_comes_near_the_optimum_that_highs_finds(ceilings):
    problem = book(600, **ceilings)
    found = allocate(problem)
    optimum = best(problem)
    assert found.use.fits(problem)
    assert found.use.trade >= optimum * (1 - 0.005)
    assert found.bound >= optimum * (1 - 1e-9)


@pytest.mark.parametrize("ceilings", TIGHT)
def test_on_a_large_book_the_gap_to_the_bound_is_under_a_thousandth(ceilings):
    problem = book(20_000, seed=3, **ceilings)
    found = allocate(problem)
    assert found.use.fits(problem)
    assert 0 <= found.gap <= 0.001


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 200),
    st.integers(0, 99),
    st.floats(1e-4, 0.05),
    st.floats(1e-4, 0.1),
    st.floats(0, 1),
    st.floats(0, 2),
)
def test_no_ceiling_is_ever_passed(buyers, seed, loss, tail, trade, country):
    problem = book(buyers, seed, loss=loss, tail=tail, trade=trade, country=country)
    found = allocate(problem)
    use = use_of(problem, found.tier)
    assert use.fits(problem)
    assert (found.amount == problem.tiers[found.tier]).all()
    assert use.trade <= found.bound * (1 + 1e-9)


def test_where_nothing_binds_everybody_gets_all_that_adds_trade():
    problem = book(50, loss=1.0, tail=10.0)
    found = allocate(problem)
    assert found.use.trade == pytest.approx(problem.trade[-1].sum(), rel=1e-9)


def test_where_there_is_no_room_nobody_gets_anything():
    assert not allocate(book(50, trade=0.0)).amount.any()
    assert not allocate(book(50, country=0.0)).amount.any()
    assert not allocate(book(50, loss=0.0)).amount.any()


def test_the_same_problem_gives_the_same_limits():
    problem = book(3000, loss=0.001, country=0.5)
    assert (allocate(problem).amount == allocate(problem).amount).all()


def test_more_room_never_covers_less():
    trades = [allocate(book(2000, loss=share)).use.trade for share in (0.0005, 0.001, 0.002, 0.004)]
    assert trades == sorted(trades)
