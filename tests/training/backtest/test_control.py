import numpy as np
import pytest

from training.backtest.control import largest_safe_scale

SCALES = (0.25, 0.5, 1.0, 2.0, 4.0)
APPETITE = 0.004
MOST = 4_000_00.0


def market(buyers, draw):
    """Buyers whose covered trade and chance of a loss grow with the scale, the loss faster."""
    size = draw.lognormal(12, 1, buyers)[:, None]
    scales = np.array(SCALES)
    covered = size * (1 - np.exp(-scales))
    bad = draw.random(buyers)[:, None] < 0.004 * scales
    return np.minimum(bad * covered * 0.5, MOST), covered


def choose(net, covered, most=MOST):
    return largest_safe_scale(SCALES, net, covered, APPETITE, most)


def test_the_next_buyers_stay_within_the_appetite_in_expectation():
    draw = np.random.default_rng(1)
    over = []
    for _ in range(300):
        scale = choose(*market(800, draw))
        net, covered = market(800, draw)
        column = None if scale is None else SCALES.index(scale)
        over.append(0.0 if column is None else float((net - APPETITE * covered)[:, column].mean()))
    error = np.std(over) / np.sqrt(len(over))
    assert np.mean(over) <= 3 * error


def test_without_the_margin_for_the_unseen_buyer_more_is_allowed():
    net, covered = market(300, np.random.default_rng(4))
    assert (choose(net, covered, most=40_000_00.0) or 0) < choose(net, covered, most=0.0)


def test_only_the_first_run_of_safe_scales_counts():
    covered = np.full((100, 5), 1000.0)
    net = np.zeros((100, 5))
    net[:, 2] = 500.0
    assert choose(net, covered, most=0.0) == 0.5


def test_where_nothing_is_safe_there_is_no_scale():
    assert choose(np.full((10, 5), 1000.0), np.full((10, 5), 1000.0)) is None


def test_a_little_cover_that_cannot_carry_the_margin_does_not_bar_more():
    covered = np.outer(np.ones(100), [1.0, 1e6, 2e6, 4e6, 8e6])
    assert choose(np.zeros((100, 5)), covered, most=1e5) == 4.0


@pytest.mark.parametrize("most", [0.0, 100.0])
def test_a_larger_margin_never_allows_more(most):
    net, covered = market(500, np.random.default_rng(7))
    assert (choose(net, covered, most + 1_000_00) or 0) <= (choose(net, covered, most) or 0)
