"""The scorecard's one pass in single precision says what its design says in double."""

import numpy as np
from scipy.special import expit

from models.pd.scorecard import ScorecardPd


def test_a_column_that_is_constant_but_for_rounding_leaves_the_pds_as_they_are():
    draw = np.random.default_rng(5)
    telling = draw.normal(size=900)
    # The mean of one day's terms is 30 days, give or take the last bits of a float.
    X = np.column_stack([telling, 30 + draw.choice([-1e-14, 0, 1e-14], size=900)])
    model = ScorecardPd().fit(X, (draw.random(900) < expit(telling - 2)).astype(float))
    expected = expit(model._design(X) @ model.weights_ + model.intercept_)
    np.testing.assert_allclose(model.predict_pd(X), expected, rtol=1e-4)
    assert 0.05 < model.predict_pd(X).mean() < 0.4
