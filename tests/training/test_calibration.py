from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import beta

from models.policy import policies
from training.calibration import at_rate, calibration, groups, jeffreys
from training.dataset import Dataset
from training.judgement import Judgement, Origin
from training.splits import TimeSplit

POLICY = policies().versions[-1]
START = date(2024, 1, 1)


@given(st.integers(1, 400), st.data())
def test_jeffreys_holds_the_rate_and_is_the_beta_interval(rows, data):
    defaults = data.draw(st.integers(0, rows))
    low, high = jeffreys(defaults, rows)
    assert 0 <= low <= defaults / rows <= high <= 1
    if 0 < defaults < rows:
        assert beta.cdf(high, defaults + 0.5, rows - defaults + 0.5) == pytest.approx(0.975)


def test_a_group_is_calibrated_where_its_mean_pd_lies_in_the_interval():
    y = np.r_[np.ones(5), np.zeros(95), np.ones(30), np.zeros(70)]
    labels = np.array(["A"] * 100 + ["B"] * 100, dtype=object)
    good, bad = groups(labels, y, np.full(200, 0.05))
    assert (good.name, good.rows, good.defaults, good.calibrated) == ("A", 100, 5, True)
    assert (bad.name, bad.calibrated) == ("B", False)


def drawn(rate, rows=40_000, seed=1):
    """Give scores under one base rate, told as if it were 3 %, and outcomes."""
    draw = np.random.default_rng(seed)
    y = (draw.random(rows) < rate).astype(float)
    # Normal scores of equal spread: their log-odds are exactly linear.
    score = draw.normal(2.0 * y, 1.0)
    return y, expit(np.log(0.03 / 0.97) + 2.0 * score - 2.0)


@given(st.floats(0.001, 0.5))
def test_a_move_to_a_rate_keeps_the_order_and_the_distances_in_log_odds(rate):
    pd = np.array([0.01, 0.1, 0.6])
    moved = at_rate(pd, rate)
    assert moved.mean() == pytest.approx(rate)
    assert np.diff(logit(moved)) == pytest.approx(np.diff(logit(pd)))


def judged(pd, y, days):
    """Lay rows evenly over days; the first half of the days is judged from one origin, the rest from another."""
    n = len(y)
    as_of = np.sort(np.array([days[place % len(days)] for place in range(n)], dtype="datetime64[D]"))
    none = np.zeros(n, dtype=np.int64)
    test = Dataset(np.array(["b"] * n, dtype=object), as_of, np.zeros((n, 1)), y, np.arange(n), none, none)
    fitted_on = replace(test.rows(days[:1]), y=(np.arange(1000) < 30).astype(float))
    half = len(days) // 2
    origins = []
    for part in (days[:half], days[half:]):
        split = TimeSplit((START - timedelta(days=300),), tuple(part), ())
        rows = test.rows(part)
        origins.append(Origin(split, fitted_on, len(rows), rows.defaults, Judgement({}, {}, {})))
    return test, origins


def test_outcomes_that_overlap_count_once():
    y, pd = drawn(0.03, rows=12_000)
    days = [START + timedelta(days=30 * n) for n in range(6)]
    test, origins = judged(pd, y, days)
    found = calibration(test, pd, np.array(["DE"] * len(y), dtype=object), origins, POLICY, 90)
    assert sum(each.rows for each in found.reliability) == 4000
    assert [each.name for each in found.origins] == ["2024-01-01", "2024-03-31"]
    assert [each.name for each in found.countries] == ["DE"]
    assert len(found.reliability) == 10
    assert [each.mean_pd for each in found.reliability] == sorted(each.mean_pd for each in found.reliability)


def test_drift_is_taken_out_and_small_countries_go_together():
    y, pd = drawn(0.06, rows=20_000)
    test, origins = judged(pd, y, [START, START + timedelta(days=90)])
    country = np.array(["DE", "FR"] * 9_950 + ["LU"] * 100, dtype=object)
    found = calibration(test, pd, country, origins, POLICY, 90)
    assert not any(each.calibrated for each in found.origins)
    assert [each.name for each in found.countries] == ["DE", "FR", "others"]
    assert not found.countries[0].calibrated
    assert all(each.calibrated for each in found.corrected["countries"])
    # Scores of normal spread keep their shape under another base rate.
    assert np.mean([each.calibrated for each in found.corrected["grades"]]) >= 0.8
    assert np.mean([each.calibrated for each in found.grades]) < 0.5
    for (fitted_on, now), origin in zip(found.base_rates, origins, strict=True):
        assert fitted_on == 0.03
        assert now == origin.test_defaults / origin.test_rows
