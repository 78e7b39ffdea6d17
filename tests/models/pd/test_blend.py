import numpy as np
import pytest

from models.pd.blend import CREDIBILITY_BUYERS, BlendPd
from models.pd.calibration import log_odds


def rows(buyers):
    draw = np.random.default_rng(5)
    X = draw.normal(size=(buyers, 3))
    return X, (draw.random(buyers) < 1 / (1 + np.exp(2 - 2 * X[:, 0]))).astype(float), np.arange(buyers)


def test_few_defaulting_buyers_draw_it_toward_the_base_rate():
    spreads = {}
    for buyers in (60, 2000):
        X, y, groups = rows(buyers)
        model = BlendPd(rounds=50).fit(X, y, groups)
        middle = (log_odds(model.scorecard_.predict_pd(X)) + log_odds(model.boosted_.predict_pd(X))) / 2
        spreads[buyers] = float(np.std(log_odds(model.predict_pd(X))) / np.std(middle))
        assert spreads[buyers] == pytest.approx(y.sum() / (y.sum() + CREDIBILITY_BUYERS))
    assert spreads[60] < spreads[2000] < 1


def test_a_buyers_many_defaults_count_as_one():
    X, y, groups = rows(300)
    once = BlendPd(rounds=20).fit(X, y, groups).sigmoid_.slope
    thrice = BlendPd(rounds=20).fit(np.repeat(X, 3, 0), np.repeat(y, 3), np.repeat(groups, 3)).sigmoid_.slope
    assert thrice == once
