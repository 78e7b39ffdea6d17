import numpy as np
import pytest

from training.candidates import Contest

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
