import numpy as np
import pytest

from models.pd.crossfit import log_loss, out_of_fold


def test_no_row_is_predicted_by_a_model_that_saw_its_buyer():
    groups = np.repeat(np.arange(20), 3)
    y = (np.arange(60) % 2).astype(float)
    seen = []

    def fit_predict(X, y, held_out):
        seen.append(set(X[:, 0]) & set(held_out[:, 0]))
        return np.full(len(held_out), 0.25)

    pd = out_of_fold(fit_predict, groups[:, None].astype(float), y, groups)
    assert seen == [set()] * 5
    assert (pd == 0.25).all()


def never(X, y, held_out):
    raise AssertionError


def test_one_buyer_or_one_class_gets_the_base_rate():
    X = np.zeros((4, 1))
    assert out_of_fold(never, X, np.array([0.0, 1, 0, 0]), np.zeros(4, int)) == pytest.approx([0.3] * 4)
    assert out_of_fold(never, X, np.zeros(4), None) == pytest.approx([1 / 8] * 4)


def test_log_loss_is_the_mean_negative_log_likelihood():
    y, pd = np.array([1.0, 0.0]), np.array([0.5, 0.2])
    assert log_loss(y, pd) == pytest.approx(-(np.log(0.5) + np.log(0.8)) / 2)
    assert log_loss(y, pd, np.array([0.0, 2.0])) == pytest.approx(-np.log(0.8))
