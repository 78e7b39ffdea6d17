import math

from training.backtest.summary import _points
from training.judging import Estimate


def test_a_rate_of_nothing_covered_is_a_dash():
    assert _points(Estimate(math.nan, math.nan, math.nan)) == "–"
    assert _points(Estimate(40.0, 30.0, 55.5)) == "40.0 [30.0, 55.5]"
