from datetime import date

import numpy as np
import pytest

from models.policy import policies
from tests.training.backtest.histories import history
from training.backtest.figures import Resampling, bust_outs, figures, outcome, share
from training.backtest.history import day_number

DAY = day_number(date(2025, 1, 1))
# Buyer 0 pays; buyer 1 leaves 80 of 100 unpaid and pays 20 of that later.
PAST = history([(0, 0, 0, DAY, 100_00, 0, 0), (1, 1, 0, DAY + 1, 100_00, 80_00, 20_00)], buyers=2)


def found(covered):
    return outcome(PAST, np.array(covered), np.array([0, 1]), 2, policies())


def test_losses_and_compensation_follow_the_covered_part():
    of = found([50_00, 50_00])
    assert of.of("asked").tolist() == [[100_00, 0], [0, 100_00]]
    assert of.of("covered").sum() == 100_00
    assert of.of("lost").sum() == 50_00
    assert of.of("compensated").sum() == 22_50  # 45 %
    assert of.of("net").sum() == 22_50 - 5_63  # 20 of the 80 came in
    assert of.of("turned_away").sum() == 50_00


def test_rounding_is_half_up():
    assert share(np.array([1, 3, 5]), 1, 2).tolist() == [1, 2, 3]
    assert share(np.array([1]), 49, 100).tolist() == [0]


def test_figures_of_one_quarter_see_that_quarter_only():
    draws = Resampling(2, 50, 1)
    first = figures(found([100_00, 100_00]), draws, 0)
    assert (first["trade_covered_usd"].value, first["losses_usd"].value) == (100.0, 0.0)
    assert figures(found([100_00, 100_00]), draws)["trade_covered_share"].value == 1.0


def test_intervals_resample_buyers():
    rng = np.random.default_rng(3)
    cents = rng.integers(0, 1000, 400)
    drawn = Resampling(400, 2000, 5).totals(cents)
    estimate = Resampling.estimate(drawn)
    assert estimate.value == cents.sum()
    spread = 1.96 * cents.std() * 20
    assert estimate.low == pytest.approx(cents.sum() - spread, rel=0.01)
    assert estimate.high == pytest.approx(cents.sum() + spread, rel=0.01)


def test_a_bust_out_leaves_several_newly_met_exporters_unpaid():
    left = [(0, exporter, 0, DAY, 100, 100, 0) for exporter in range(3)]
    others = [(1, exporter, 0, DAY, 100, 100, 0) for exporter in range(2)]
    paid_after_all = [(2, exporter, 0, DAY, 100, 100, 80) for exporter in range(3)]
    past = history(left + others + paid_after_all)
    assert past.orders.buyer[bust_outs(past)].tolist() == [0, 0, 0]
