import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from training.judging import FIGURES, BuyerBootstrap, auc, average_precision

N = 40
outcomes = arrays(float, N, elements=st.sampled_from([0.0, 1.0])).filter(lambda y: 0 < y.sum() < N)
probabilities = arrays(float, N, elements=st.sampled_from([0.05, 0.1, 0.2, 0.5, 0.9]))
weights = arrays(float, N, elements=st.sampled_from([1.0, 2.0, 3.0]))


@settings(deadline=None)
@given(outcomes, probabilities, weights)
def test_figures_equal_scikit_learns(y, pd, weight):
    oracle = {
        "auc": roc_auc_score(y, pd, sample_weight=weight),
        "average_precision": average_precision_score(y_true=y, y_score=pd, sample_weight=weight),
        "brier": brier_score_loss(y, pd, sample_weight=weight),
        "log_loss": log_loss(y, pd, sample_weight=weight),
    }
    for title, figure in FIGURES.items():
        assert figure(y, pd, weight) == pytest.approx(oracle[title])


def test_one_class_has_no_ranking():
    assert np.isnan(auc(np.zeros(3), np.ones(3) / 2, np.ones(3)))
    assert np.isnan(average_precision(np.zeros(3), np.ones(3) / 2, np.ones(3)))


def drawn(buyers, rows_each, seed=0):
    draw = np.random.default_rng(seed)
    groups = np.repeat(np.arange(buyers), rows_each)
    y = np.repeat((draw.random(buyers) < 0.3).astype(float), rows_each)
    pd = np.clip(0.3 + 0.2 * (y - 0.3) + np.repeat(draw.normal(0, 0.1, buyers), rows_each), 0.01, 0.99)
    return groups, y, pd


def test_repeating_a_buyers_row_adds_no_evidence():
    widths = []
    for rows_each in (1, 20):
        groups, y, pd = drawn(150, rows_each)
        found = BuyerBootstrap(groups, 300, seed=1).estimate(auc, y, pd)
        assert found.low < found.value < found.high
        widths.append(found.high - found.low)
    assert widths[1] == pytest.approx(widths[0], rel=0.01)


def test_a_difference_is_paired_and_the_same_seed_repeats_it():
    groups, y, pd = drawn(150, 2)
    bootstrap = BuyerBootstrap(groups, 200, seed=1)
    same = bootstrap.difference(auc, y, pd, pd)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    worse = bootstrap.difference(auc, y, pd, np.full_like(pd, 0.3))
    assert worse.low > 0
    assert worse == BuyerBootstrap(groups, 200, seed=1).difference(auc, y, pd, np.full_like(pd, 0.3))
