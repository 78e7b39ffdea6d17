import numpy as np
import pytest

from models.pd.calibration import Sigmoid, fit_sigmoid


def test_an_overconfident_model_is_brought_back():
    draw = np.random.default_rng(1)
    odds = draw.normal(-2, 1, 20_000)
    y = (draw.random(20_000) < 1 / (1 + np.exp(-odds))).astype(float)
    overconfident = 1 / (1 + np.exp(-2 * odds - 1))
    fitted = fit_sigmoid(overconfident, y)
    assert fitted.slope == pytest.approx(0.5, abs=0.03)
    assert fitted(overconfident).mean() == pytest.approx(y.mean(), rel=0.01)


def test_few_defaults_move_it_little():
    fitted = fit_sigmoid(np.array([0.1, 0.2]), np.array([0.0, 1.0]))
    assert abs(fitted.slope - 1) < 0.3


def test_a_model_that_ranks_backwards_gives_all_the_mean():
    pd = np.linspace(0.01, 0.5, 2000)
    y = (np.arange(2000) < 300).astype(float)
    fitted = fit_sigmoid(pd, y, slope_deviation=10)
    assert fitted.slope == 0


def test_one_and_nought_stay_off_the_edge():
    assert np.isfinite(Sigmoid(0.0, 1.0)(np.array([0.0, 1.0]))).all()
