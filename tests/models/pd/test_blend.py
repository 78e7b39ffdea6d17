import numpy as np
import pytest
from scipy.special import expit

from models.pd.blend import CREDIBILITY_BUYERS, BlendPd
from models.pd.boosted import BoostedPd
from models.pd.calibration import log_odds
from models.pd.scorecard import ScorecardPd


def rows(buyers):
    draw = np.random.default_rng(5)
    X = draw.normal(size=(buyers, 3))
    return X, (draw.random(buyers) < 1 / (1 + np.exp(2 - 2 * X[:, 0]))).astype(float), np.arange(buyers)


def test_few_defaulting_buyers_draw_it_toward_the_base_rate():
    spreads = {}
    for buyers in (60, 2000):
        X, y, groups = rows(buyers)
        model = BlendPd(rounds=50).fit(X, y, groups)
        straight, trees = log_odds(model.scorecard_.predict_pd(X)), log_odds(model.boosted_.predict_pd(X))
        middle = model.share_ * straight + (1 - model.share_) * trees
        spreads[buyers] = float(np.std(log_odds(model.predict_pd(X))) / np.std(middle))
        assert spreads[buyers] == pytest.approx(y.sum() / (y.sum() + CREDIBILITY_BUYERS))
    assert spreads[60] < spreads[2000] < 1


def test_a_buyers_many_defaults_count_as_one():
    X, y, groups = rows(300)
    once = BlendPd(rounds=20).fit(X, y, groups).sigmoid_.slope
    thrice = BlendPd(rounds=20).fit(np.repeat(X, 3, 0), np.repeat(y, 3), np.repeat(groups, 3)).sigmoid_.slope
    assert thrice == once


def shaped(curved, seed=3):
    """Draw buyers whose risk is a straight line in the features, or bends where no line can follow."""
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(6000, 4))
    odds = 3.0 * (np.abs(X[:, 0]) - 1) if curved else 1.5 * X[:, 0] + X[:, 1]
    return X, (draw.random(6000) < expit(odds - 1)).astype(float)


def test_the_weights_are_equal_unless_unseen_buyers_tell_otherwise():
    assert BlendPd(rounds=40).fit(*shaped(curved=True)).share_ == 0.25
    assert BlendPd(rounds=40).fit(*shaped(curved=False)).share_ == 0.75
    X, y = shaped(curved=False)
    scorecard, boosted = ScorecardPd().fit(X, y), BoostedPd(rounds=5).fit(X, y)
    boosted.unseen_pd_ = scorecard.unseen_pd_
    assert BlendPd().join(scorecard, boosted, y, None).share_ == 0.5


def test_a_bundle_that_names_no_weight_has_equal_ones():
    X, y = shaped(curved=True)
    state = BlendPd(rounds=10).fit(X, y).state()
    state.pop("scorecard_share")
    assert BlendPd().restore(state).share_ == 0.5
