from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from features.catalogue import CATALOGUE
from training.candidates import recipe
from training.config import Tuning
from training.dataset import Dataset
from training.known import Known
from training.tuning import tune

DAYS = [date(2023, 1, 1) + timedelta(days=30 * n) for n in range(10)]
WAIT = 60


@pytest.fixture(scope="module")
def rows():
    """Draw buyers over ten days whose risk is a rule of three features: few deep trees find it, shallow ones do not."""
    draw = np.random.default_rng(2)
    n = 4000
    X = np.zeros((n, len(CATALOGUE)))
    X[:, :3] = draw.choice([-1.0, 1.0], (n, 3))
    y = (draw.random(n) < np.where(X[:, :3].prod(axis=1) > 0, 0.4, 0.02)).astype(float)
    as_of = np.sort(np.array(DAYS, dtype="datetime64[D]")[np.arange(n) % len(DAYS)])
    buyers = np.array([f"b{place}" for place in range(n)], dtype=object)
    return Dataset(buyers, as_of, X, y, np.arange(n), np.ones(n, dtype=np.int64), np.zeros(n, dtype=np.int64))


@pytest.fixture(scope="module")
def signless():
    """Let every feature move the risk either way: the rule of these rows has no sign."""
    patch = pytest.MonkeyPatch()
    patch.setattr("training.tuning._SIGNS", ())
    yield
    patch.undo()


def all_of(rows):
    """Know at every cut what came of all days before it."""
    return lambda split: Known(split, rows.rows(split.train), pa.table({}))


def test_a_search_is_the_same_each_time_and_takes_only_what_is_better(rows, signless):
    first, again = (tune(rows, DAYS, WAIT, all_of(rows), Tuning(trials=5), seed=7) for _ in range(2))
    assert first == again
    assert first.trials == 5
    assert first.best is not None
    assert first.usual is not None
    assert first.best <= first.usual
    if first.parameters:
        assert recipe("lightgbm", 0, first.parameters).get_params().items() >= first.parameters.items()


def test_the_usual_parameters_stay_where_nothing_is_better(rows):
    blind = Dataset(
        rows.buyer_id, rows.as_of, np.zeros_like(rows.X), rows.y, rows.groups, rows.usd_cents, rows.lost_usd_cents
    )
    found = tune(blind, DAYS, WAIT, all_of(blind), Tuning(trials=2), seed=7)
    assert found.parameters == {}
    assert found.usual == pytest.approx(found.best)
    assert "as good within a standard error" in found.note


def test_a_search_that_the_budget_ended_says_so(rows):
    found = tune(rows, DAYS, WAIT, all_of(rows), Tuning(trials=1000, budget_s=1), seed=7)
    assert found.trials < 1000
    assert "the budget of 1 s ended the search early" in found.note


def test_without_trials_or_without_room_nothing_is_searched(rows):
    assert tune(rows, DAYS, WAIT, all_of(rows), Tuning(), seed=7).trials == 0
    assert "span too little" in tune(rows, DAYS[:2], WAIT, all_of(rows), Tuning(trials=3), seed=7).note
    nobody = Dataset(
        rows.buyer_id, rows.as_of, rows.X, np.zeros(len(rows)), rows.groups, rows.usd_cents, rows.lost_usd_cents
    )
    assert "too few defaults" in tune(nobody, DAYS, WAIT, all_of(nobody), Tuning(trials=3), seed=7).note


def test_each_inner_origin_is_fitted_on_what_was_known_at_its_own_cut(rows):
    asked = []

    def otherwise(split):
        asked.append(split.cut)
        known = rows.rows(split.train)
        return Known(split, replace(known, y=1 - known.y), pa.table({}))

    seeing, misled = (tune(rows, DAYS, WAIT, known, Tuning(trials=1), seed=7) for known in (all_of(rows), otherwise))
    assert asked == sorted(set(asked))
    assert seeing.usual is not None
    assert misled.usual is not None
    assert seeing.usual < misled.usual
