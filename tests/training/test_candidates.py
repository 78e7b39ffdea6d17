import numpy as np
import pytest

from features.catalogue import CATALOGUE
from features.errors import DataError
from training.candidates import Contest, compete
from training.config import TrainingConfig
from training.dataset import Dataset

FLAT = np.full(100, 1.0)


def contest(**losses):
    return Contest({}, {name: FLAT + change for name, change in losses.items()}, 200)


def noisy(mean, seed):
    return np.random.default_rng(seed).normal(mean, 1, 100)


@pytest.mark.parametrize(
    ("losses", "chosen"),
    [
        (
            {"constant": 0.0, "scorecard": noisy(-0.30, 1), "lightgbm": noisy(-0.31, 2), "blend": noisy(-0.29, 3)},
            "blend",
        ),
        ({"constant": 0.0, "scorecard": -0.5, "lightgbm": -0.1, "blend": -0.2}, "scorecard"),
        ({"constant": -0.1, "scorecard": 0.5, "lightgbm": 0.5, "blend": 0.1}, "constant"),
        ({"constant": noisy(0.5, 1), "scorecard": -0.01, "lightgbm": 0.5, "blend": 0.5}, "scorecard"),
    ],
)
def test_the_most_careful_of_the_best_is_taken(losses, chosen):
    assert contest(**losses).chosen == chosen


def test_mean_losses_are_told_by_row():
    assert contest(constant=0.0).unseen_log_loss == {"constant": 0.5}


def told_often(defaulting_buyers, snapshots=10):
    """As many rows of each buyer as snapshots; some buyers default in every row, ten never."""
    groups = np.repeat(np.arange(defaulting_buyers + 10), snapshots)
    many = len(groups)
    flat = np.zeros(many, dtype=np.int64)
    y = (groups < defaulting_buyers).astype(float)
    X = np.random.default_rng(1).normal(size=(many, len(CATALOGUE)))
    return Dataset(groups.astype(object), np.full(many, "2024-01-01", "datetime64[D]"), X, y, groups, flat, flat)


def test_a_default_counts_once_however_many_snapshots_tell_of_it():
    config = TrainingConfig(least_defaults=3, candidates=("constant",))
    with pytest.raises(DataError, match="hold 2 defaulting buyers among 120 rows, fewer than 3"):
        compete(told_often(2), config)
    assert compete(told_often(3), config).chosen == "constant"
