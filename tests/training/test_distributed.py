"""Trees fitted on two workers against the same trees fitted here."""

import numpy as np
import pytest

from features.errors import ConfigError, UnavailableError
from models.pd.boosted import BoostedPd
from training.candidates import recipe
from training.distributed import DistributedPd, cluster
from training.judging import auc, brier

SIGNS = (1, 0, 0, -1)


def rows(seed, count=6000):
    draw = np.random.default_rng(seed)
    known = draw.normal(size=(count, 4))
    odds = known[:, 0] - np.abs(known[:, 1]) - 0.5 * known[:, 3] - 2
    known[draw.random(known.shape) < 0.05] = np.nan
    return known, (draw.random(count) < 1 / (1 + np.exp(-odds))).astype(float)


def test_two_workers_give_an_equivalent_model():
    known, outcome = rows(1)
    with cluster("local:2"):
        spread = DistributedPd(SIGNS, rounds=60).fit(known, outcome)
    unseen, came = rows(2)
    ours = spread.predict_pd(unseen)
    here = BoostedPd(SIGNS, rounds=60).fit(known, outcome).predict_pd(unseen)
    reseeded = BoostedPd(SIGNS, rounds=60, seed=7).fit(known, outcome).predict_pd(unseen)
    # Each worker bins the rows that it holds: less of a change than another seed here, and one worker alone shows none.
    assert 0 < np.abs(ours - here).mean() < 0.7 * np.abs(reseeded - here).mean()
    weight = np.ones(len(came))
    assert auc(came, ours, weight) == pytest.approx(auc(came, here, weight), abs=0.005)
    assert brier(came, ours, weight) == pytest.approx(brier(came, here, weight), abs=0.0005)


def test_trees_of_two_workers_hold_the_signs_and_go_into_a_bundle(capfd):
    known, outcome = rows(1)
    with cluster("local:2"):
        spread = DistributedPd(SIGNS, rounds=20).fit(known, outcome)
    told = capfd.readouterr()
    assert told.out == ""  # what `--json` prints there stands alone
    assert "LightGBM" in told.err
    unseen, _ = rows(2)
    again = BoostedPd().restore(spread.state())
    assert np.array_equal(again.predict_pd(unseen), spread.predict_pd(unseen))
    raised = np.tile(unseen[0], (50, 1))
    raised[:, 0] = np.linspace(-3, 3, 50)
    assert np.all(np.diff(spread.predict_pd(raised)) >= 0)


def test_a_cluster_that_is_not_there_is_named():
    with pytest.raises(ConfigError, match="dask local:none: names no number of processes"), cluster("local:none"):
        pass
    down = r"dask scheduler tcp://127.0.0.1:1: does not answer"
    with pytest.raises(UnavailableError, match=down), cluster("tcp://127.0.0.1:1"):
        pass


def test_the_option_decides_where_the_trees_are_fitted():
    assert type(recipe("lightgbm", 1)) is BoostedPd
    assert type(recipe("lightgbm", 1, distributed=True)) is DistributedPd
