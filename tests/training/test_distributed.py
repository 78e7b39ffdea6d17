"""Trees fitted on two workers against the same trees fitted here."""

import numpy as np
import pytest

from features.errors import ConfigError, UnavailableError
from models.pd.boosted import BoostedPd
from training.candidates import recipe
from training.distributed import DistributedPd, cluster
from training.judging import auc

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
    here = BoostedPd(SIGNS, rounds=60).fit(known, outcome)
    unseen, came = rows(2)
    ours, theirs = spread.predict_pd(unseen), here.predict_pd(unseen)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.999
    assert np.abs(ours - theirs).mean() < 0.003
    weight = np.ones(len(came))
    assert auc(came, ours, weight) == pytest.approx(auc(came, theirs, weight), abs=0.005)
    again = BoostedPd().restore(spread.state())
    assert np.array_equal(again.predict_pd(unseen), ours)
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
