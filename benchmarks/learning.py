"""Learning on simulated markets, out of time, against the truth, the scorecard, a constant and LightGBM as it comes.

The truth is the latent mechanism's own probability of default at a month's end, given that the buyer orders
(`pd / p_order` of truth.parquet: who does not order has no outcome to judge). It joins by buyer and snapshot day, and
judges only.
"""

import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from features.catalogue import CATALOGUE
from models.policy import Policy, policies
from training.config import Snapshots, TrainingConfig
from training.dataset import Dataset
from training.judging import FIGURES, BuyerBootstrap, Estimate, Vector, auc, brier
from training.market.parameters import load
from training.market.simulate import Wish, simulate
from training.train import Trained, train

BUYERS = int(os.environ.get("BOLANGGU_BENCH_BUYERS", "20000"))
SEEDS = tuple(int(seed) for seed in os.environ.get("BOLANGGU_BENCH_SEEDS", "1,2,3").split(","))
_YEARS, _END = 5, date(2025, 12, 31)
_CONFIG = TrainingConfig(snapshots=Snapshots(every_months=3), bootstrap_draws=200)
_NAMES = [feature.name for feature in CATALOGUE]
_SINGLE = ("chosen", "scorecard", "lightgbm", "constant")
_DEFAULT = "default_lightgbm"


@dataclass(frozen=True, slots=True)
class Seed:
    """One market: figures with their draws, the first of which is the figure on all rows."""

    draws: dict[str, Vector]
    told: dict[str, Any]


def run() -> dict[str, Any]:
    """Simulate and train once a seed; figures are means over the seeds, gains their 95 % intervals' lower ends."""
    seeds = [one(seed, BUYERS) for seed in SEEDS]
    found = {name: Estimate.of(np.mean([each.draws[name] for each in seeds], axis=0)) for name in seeds[0].draws}
    return {
        "bench": "learning",
        "figures": {name: each.low if "_gain_" in name else each.value for name, each in found.items()},
        "conditions": {
            "buyers": BUYERS,
            "seeds": list(SEEDS),
            "years": _YEARS,
            "config": _CONFIG.model_dump(mode="json", exclude_defaults=True),
            "intervals": {name: [each.value, each.low, each.high] for name, each in found.items()},
            "new_buyers": "fewer orders in a year, or known for less long, than the policy's thin_orders and thin_days",
            "by_seed": [each.told for each in seeds],
        },
    }


def one(seed: int, buyers: int) -> Seed:
    """Simulate one market, train on it, and judge against its truth."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book"
        simulate(book, Wish(buyers, _YEARS, seed), load())
        trained = train(book, _END, _CONFIG)
        truth = true_pds(trained.test, pq.read_table(book / "truth.parquet"))
    policy = policies().at(_END)
    pds = {name: trained.judgement.pd[trained.contest.chosen if name == "chosen" else name] for name in _SINGLE}
    pds |= {_DEFAULT: _default_lightgbm(trained), "truth": truth}
    return Seed(_draws(trained, pds, policy), _told(trained, pds, policy))


def true_pds(rows: Dataset, truth: pa.Table) -> Vector:
    """Look up each row's true PD (n,), given that the buyer orders."""
    seen = pa.table({"buyer_id": pa.array(rows.buyer_id, pa.string()), "as_of": pa.array(rows.as_of.astype(object))})
    seen = seen.append_column("row", pa.array(np.arange(len(rows))))
    joined = seen.join(truth.select(["buyer_id", "as_of", "pd", "p_order"]), ["buyer_id", "as_of"], join_type="inner")
    assert joined.num_rows == len(rows), "every snapshot day is a month's end and every buyer has a truth there"
    joined = joined.sort_by("row")
    p_order = joined["p_order"].to_numpy()
    # Who orders at once in the truth's eyes never, and did: a probability that rounds to nothing.
    given: Vector = np.divide(joined["pd"].to_numpy(), p_order, out=np.zeros(len(rows)), where=p_order > 0)
    return np.clip(given, 0.0, 1.0)


def _default_lightgbm(trained: Trained) -> Vector:
    """Let LightGBM predict as it comes, fitted at each origin on the same rows and features."""
    parts = []
    for origin in trained.origins:
        known, test = origin.known, trained.rows.rows(origin.split.test)
        model = lightgbm.LGBMClassifier(verbose=-1, n_jobs=1, random_state=trained.config.seed).fit(known.X, known.y)
        booster: lightgbm.Booster = model.booster_
        parts.append(np.asarray(booster.predict(test.X), dtype=np.float64))
    return np.concatenate(parts)


def _draws(trained: Trained, pds: dict[str, Vector], policy: Policy) -> dict[str, Vector]:
    test, config = trained.test, trained.config
    bootstrap = BuyerBootstrap(test.groups, config.bootstrap_draws, config.seed)
    gini = {name: 2 * bootstrap.draws(auc, test.y, pd) - 1 for name, pd in pds.items()}
    loss = {name: bootstrap.draws(FIGURES["log_loss"], test.y, pds[name]) for name in (*_SINGLE, _DEFAULT)}
    squared = {name: bootstrap.draws(brier, test.y, pds[name]) for name in ("chosen", "constant")}
    new = _is_new(test, policy)
    among = BuyerBootstrap(test.groups[new], config.bootstrap_draws, config.seed)
    new_gini = {name: 2 * among.draws(auc, test.y[new], pds[name][new]) - 1 for name in ("chosen", "truth")}
    return {
        "gini_share_of_truth": gini["chosen"] / gini["truth"],
        "gini_share_of_truth_new_buyers": new_gini["chosen"] / new_gini["truth"],
        "gini_share_of_truth_of_scorecard": gini["scorecard"] / gini["truth"],
        "gini_share_of_truth_of_constant": gini["constant"] / gini["truth"],
        "gini_gain_vs_scorecard": gini["chosen"] - gini["scorecard"],
        "gini_gain_vs_default_lightgbm": gini["chosen"] - gini[_DEFAULT],
        "logloss_gain_vs_scorecard": loss["scorecard"] - loss["chosen"],
        "logloss_gain_vs_default_lightgbm": loss[_DEFAULT] - loss["chosen"],
        "brier_gain_vs_constant": squared["constant"] - squared["chosen"],
        "grades_calibrated_share": _calibrated_share(trained, config.bootstrap_draws),
    }


def _calibrated_share(trained: Trained, draws: int) -> Vector:
    """Tell the share of grades that are calibrated; it has an interval of its own inside, so that its draws are one."""
    return np.full(draws + 1, np.mean([each.calibrated for each in trained.calibration.grades]))


def _is_new(rows: Dataset, policy: Policy) -> NDArray[np.bool_]:
    orders, tenure = (rows.X[:, _NAMES.index(name)] for name in ("orders_365d", "tenure_days"))
    is_new: NDArray[np.bool_] = (orders < policy.thin_orders) | (tenure < policy.thin_days)
    return is_new


def _told(trained: Trained, pds: dict[str, Vector], policy: Policy) -> dict[str, Any]:
    test, pd, truth = trained.test, pds["chosen"], pds["truth"]
    grade = np.array([policy.grade(each).name for each in pd])
    weight = np.ones(len(test))
    return {
        "chosen": trained.contest.chosen,
        "rows": len(test),
        "defaults": test.defaults,
        "new_rows": int(_is_new(test, policy).sum()),
        "rows_without_history_left_out": trained.left_out.newcomers,
        "auc": {name: auc(test.y, each, weight) for name, each in pds.items()},
        "mean_absolute_error_by_grade": {
            name: float(np.abs(pd - truth)[grade == name].mean()) for name in sorted(set(grade.tolist()))
        },
        "grades": {each.name: [each.mean_pd, each.rate.low, each.rate.high] for each in trained.calibration.grades},
        "grades_corrected_for_drift": {
            each.name: [each.mean_pd, each.rate.low, each.rate.high] for each in trained.calibration.corrected["grades"]
        },
    }
