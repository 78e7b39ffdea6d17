import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.severity import PORTFOLIO_BUYERS, PRIOR_BUYERS, Severity, Shares, shrunk

NONE = np.full(3, np.nan)


def test_without_a_default_the_prior_stands():
    found = shrunk(np.array([]), np.array([]), np.array([]), 0.59)
    assert found == Shares(0.59, {}, 0, None, 0.59)
    assert found.of(np.array([3.0, np.nan])).tolist() == [0.59, 0.59]


def test_few_defaults_move_the_share_little_and_many_decide_it():
    few, many = (shrunk(np.ones(n), np.ones(n), np.full(n, np.nan), 0.5) for n in (2, 2000))
    assert few.portfolio == pytest.approx(0.5 + 0.5 * 2 / (2 + PRIOR_BUYERS))
    assert many.portfolio > 0.99
    assert (few.raw, few.buyers) == (1, 2)


def test_a_class_is_drawn_toward_the_portfolio_and_an_unclassified_country_is_a_class():
    share, risk_class = np.r_[np.zeros(30), np.ones(30)], np.r_[np.full(30, 5.0), np.full(30, -1.0)]
    found = shrunk(share, np.ones(60), risk_class, 0.5)
    kept = 30 / (30 + PORTFOLIO_BUYERS)
    assert found.by_class == {"5": pytest.approx(0.5 - 0.5 * kept), "-1": pytest.approx(0.5 + 0.5 * kept)}
    told = found.of(np.array([5.0, np.nan, 7.0]))
    assert told.tolist() == [found.by_class["5"], found.by_class["-1"], found.portfolio]


def test_one_huge_default_does_not_speak_for_everybody():
    share, weight = np.r_[np.zeros(99), 1.0], np.r_[np.ones(99), 1e9]
    assert shrunk(share, weight, np.full(100, np.nan), 0.0).raw == pytest.approx(0.01)


@given(
    arrays(float, 12, elements=st.floats(0, 1)),
    arrays(float, 12, elements=st.floats(1, 1e9)),
    arrays(float, 12, elements=st.sampled_from([0.0, 3.0, -1.0, np.nan])),
    st.floats(0, 1),
)
def test_shares_stay_between_what_was_held_and_what_was_seen(share, weight, risk_class, prior):
    found = shrunk(share, weight, risk_class, prior)
    low, high = min(prior, share.min()) - 1e-8, max(prior, share.max()) + 1e-8
    assert all(low <= each <= high for each in (found.portfolio, *found.by_class.values()))


def test_the_state_survives_json():
    lgd = shrunk(np.array([1.0, 0.5, 0.2]), np.ones(3), np.array([3.0, -1.0, np.nan]), 0.59)
    severity = Severity(lgd, shrunk(np.zeros(0), np.zeros(0), np.zeros(0), 0.25))
    assert Severity.restore(json.loads(json.dumps(severity.state()))) == severity
