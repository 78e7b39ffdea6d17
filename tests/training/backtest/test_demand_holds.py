"""What `models.demand` expects, held to what came: trade let through by limits of many sizes, and peaks."""

from dataclasses import replace

import numpy as np
import pytest

from models.demand import demand
from models.policy import policies
from tests.training.backtest.histories import terms
from tests.training.markets import CONFIG, END
from training.backtest.replay import replay
from training.backtest.timeline import Timeline, days_of
from training.backtest.walk import look_back

MULTIPLES = (0.1, 0.25, 0.5, 1.0, 2.0)


@pytest.fixture(scope="module")
def walk(small_market):
    return look_back(small_market, END, 4, CONFIG, policies())


def limits(walk, multiple):
    """Each quarter's limits at a multiple of the need of buyers with trade; -1 for buyers without."""
    place = {name: number for number, name in enumerate(walk.history.buyers)}
    buyer, day, amount = [], [], []
    for quarter in walk.quarters:
        need = demand(quarter.seen, CONFIG.horizon_days).need
        rows = [row for row, name in enumerate(quarter.seen["buyer_id"].to_pylist()) if name in place and need[row] > 0]
        names = quarter.seen["buyer_id"].take(rows).to_pylist()
        buyer += [place[name] for name in names]
        day += [quarter.first_day] * len(rows)
        amount += (need[rows] * multiple).astype(np.int64).tolist()
    until = days_of(day) + 92
    timeline = Timeline.of(np.array(buyer), days_of(day), np.array(amount, dtype=np.int64), until)
    orders = walk.history.orders
    return timeline.at(orders.buyer, orders.day, np.full(len(orders), -1))


def covered_share(walk, multiple):
    limit = limits(walk, multiple)
    told = limit > 0
    always = replace(terms(walk.history), insurable=told)
    return replay(walk.history, limit, always)[told].sum() / walk.history.orders.cents[told].sum()


@pytest.mark.parametrize("multiple", MULTIPLES)
def test_the_share_of_trade_let_through_is_as_expected(walk, multiple):
    one = demand(walk.quarters[-1].seen, CONFIG.horizon_days)
    asked = one.turnover > 0
    expected = one.covered(one.need * multiple)[asked].sum() / one.turnover[asked].sum()
    assert covered_share(walk, multiple) == pytest.approx(expected, abs=0.1)


def test_a_limit_of_the_need_leaves_nine_of_ten_buyers_whole(walk):
    limit = limits(walk, 1.0)
    told = limit > 0
    cut = replay(walk.history, limit, replace(terms(walk.history), insurable=told)) < walk.history.orders.cents
    quarter = np.searchsorted(days_of([each.first_day for each in walk.quarters]), walk.history.orders.day, "right")
    buyer_quarter = walk.history.orders.buyer * 10 + quarter
    asked, curtailed = (len(np.unique(buyer_quarter[which])) for which in (told, told & cut))
    assert asked > 500
    assert 0.8 < 1 - curtailed / asked < 0.97
