import numpy as np
import pytest

from training.backtest.figures import MEASURES, Outcome, Resampling
from training.backtest.frontier import Frontier, gain_at_loss, trade_at_loss


def point(covered, net):
    cents = np.zeros((len(MEASURES), 2, 1), dtype=np.int64)
    cents[MEASURES.index("covered"), :, 0] = covered
    cents[MEASURES.index("net"), :, 0] = net
    return Outcome(cents)


FRONTIER = Frontier(
    (0.5, 1.0, 2.0), (point([50, 50], [5, 5]), point([100, 100], [10, 10]), point([110, 110], [20, 20]))
)
ONCE = Resampling(2, 0, 1)


@pytest.mark.parametrize(("net", "trade"), [(0, 0), (5, 50), (10, 100), (15, 150), (30, 210), (99, 220)])
def test_trade_is_read_off_at_a_loss(net, trade):
    assert trade_at_loss(FRONTIER, point([0, 0], [net, 0]), ONCE, "net").tolist() == [trade]


def test_the_gain_compares_at_the_other_s_loss():
    assert gain_at_loss(FRONTIER, point([40, 40], [5, 5]), ONCE, "net").value == pytest.approx(0.25)


def test_a_point_that_loses_more_for_less_does_not_lower_the_frontier():
    worse = Frontier((1.0, 2.0), (point([100, 100], [10, 10]), point([90, 90], [20, 20])))
    assert trade_at_loss(worse, point([0, 0], [15, 15]), ONCE, "net").tolist() == [200]
