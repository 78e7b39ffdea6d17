"""What holds for every PD model."""

import json

import numpy as np
import pytest
from sklearn.utils.estimator_checks import check_estimator

from models.pd.blend import BlendPd
from models.pd.boosted import BoostedPd
from models.pd.constant import ConstantPd
from models.pd.crossfit import log_loss
from models.pd.scorecard import ScorecardPd

MODELS = [ConstantPd(), ScorecardPd(), BoostedPd(rounds=30), BlendPd(rounds=30)]


@pytest.fixture(params=MODELS, ids=lambda model: model.kind)
def model(request):
    return request.param.__class__(**request.param.get_params())


@pytest.fixture(scope="module")
def rows():
    """Two rows a buyer; the first feature raises the risk, the last is never known."""
    draw = np.random.default_rng(7)
    X = draw.normal(size=(1200, 5))
    X[draw.random(X.shape) < 0.1] = np.nan
    X[:, 4] = np.nan
    risk = 1 / (1 + np.exp(2.5 - 1.5 * np.nan_to_num(X[:, 0])))
    return X, (draw.random(1200) < risk).astype(float), np.repeat(np.arange(600), 2)


def test_it_keeps_scikit_learns_contract(model):
    failed = [result for result in check_estimator(model, on_fail=None, on_skip=None) if result["status"] == "failed"]
    assert failed == []


def test_probabilities_are_calibrated_in_the_large(model, rows):
    X, y, groups = rows
    pd = model.fit(X, y, groups).predict_pd(X)
    assert ((pd > 0) & (pd < 1)).all()
    # The sigmoid is fitted on predictions for unseen buyers, so that seen ones need not meet their mean as closely.
    assert pd.mean() == pytest.approx(y.mean(), rel=0.08)
    assert model.unseen_pd_.mean() == pytest.approx(y.mean(), rel=0.05)


def test_the_state_survives_json_to_the_last_bit(model, rows):
    X, y, groups = rows
    model.fit(X, y, groups)
    restored = type(model)().restore(json.loads(json.dumps(model.state())))
    assert np.array_equal(restored.predict_pd(X), model.predict_pd(X))
    assert np.array_equal(restored.contributions(X[:5]), model.contributions(X[:5]))


def test_the_same_rows_give_the_same_state(model, rows):
    X, y, groups = rows
    twice = [json.dumps(type(model)(**model.get_params()).fit(X, y, groups).state()) for _ in range(2)]
    assert twice[0] == twice[1]


def test_contributions_explain_the_differences_between_rows(model, rows):
    X, y, groups = rows
    pd = model.fit(X, y, groups).predict_pd(X)
    odds = np.log(pd / (1 - pd))
    unexplained = odds - model.contributions(X).sum(axis=1)
    assert np.ptp(unexplained) < 1e-6


def test_models_with_features_beat_the_constant_on_unseen_buyers(rows):
    X, y, groups = rows
    losses = {model.kind: log_loss(y, model.fit(X, y, groups).unseen_pd_) for model in MODELS}
    assert losses["scorecard"] < losses["constant"] - 0.02
    assert losses["lightgbm"] < losses["constant"] - 0.02
    assert losses["blend"] < losses["constant"] - 0.02


def test_a_monotone_feature_never_lowers_the_risk(rows):
    X, y, groups = rows
    model = BoostedPd(signs=(1, 0, 0, 0, 0), rounds=50).fit(X, y, groups)
    ladder = np.tile(np.nan_to_num(X[:1]), (50, 1))
    ladder[:, 0] = np.linspace(-3, 3, 50)
    assert (np.diff(model.predict_pd(ladder)) >= 0).all()
