"""The backtest on simulated markets: trade covered at equal loss against the rule of thumb, and against the truth."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from models.policy import policies
from training.backtest.realised import realised
from training.backtest.run import CALIBRATED, MODEL, Wish, backtest
from training.backtest.summary import LOSSES, comparisons
from training.config import Snapshots, TrainingConfig
from training.market.parameters import load
from training.market.simulate import Wish as Market
from training.market.simulate import simulate
from training.whitelist import candidates, later_losses

SEEDS = (1, 2, 3)
_BUYERS, _YEARS, _QUARTERS = 5000, 5, 8
_END, _WHITELIST_DAY = date(2025, 12, 31), date(2024, 6, 30)
_SCALES = (0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
_CONFIG = TrainingConfig(snapshots=Snapshots(every_days=90), candidates=("blend",))


def run() -> dict[str, Any]:
    """Simulate, walk through and compare, once for each seed; figures are means over the seeds."""
    told = [_one(seed) for seed in SEEDS]
    return {
        "bench": "backtest",
        "figures": {name: float(np.mean([each[name] for each in told])) for name in told[0]},
        "conditions": {
            "seeds": list(SEEDS),
            "buyers": _BUYERS,
            "years": _YEARS,
            "quarters": _QUARTERS,
            "by_seed": told,
            "equal_loss": "compensation net of the programme's part of what was recovered, at the rule of thumb's",
        },
    }


def _one(seed: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book"
        simulate(book, Market(_BUYERS, _YEARS, seed), load())
        found = backtest(book, Wish(_END, _QUARTERS, _SCALES), _CONFIG, policies())
        policy = policies().at(_WHITELIST_DAY)
        later = later_losses(book, _WHITELIST_DAY, candidates(book, _WHITELIST_DAY, policy, None), policy)
    equal = {loss: comparisons(found, loss) for loss in LOSSES}
    return {
        "trade_gain_vs_rule_of_thumb": equal["net"]["trade_gain_vs_rule_of_thumb"][0],
        "trade_gain_vs_rule_of_thumb_low": equal["net"]["trade_gain_vs_rule_of_thumb"][1],
        "trade_gain_at_equal_compensation_paid": equal["compensated"]["trade_gain_vs_rule_of_thumb"][0],
        "trade_gain_of_truth": equal["net"]["trade_gain_of_truth_vs_rule_of_thumb"][0],
        "trade_share_of_truth": equal["net"]["trade_share_of_truth"][0],
        "appetite_bp": float(policies().at(_END).appetite.expected_loss),
        "realised_bp": realised(found, MODEL)["expected"].value,
        "realised_bp_calibrated": realised(found, CALIBRATED)["expected"].value,
        "whitelist_later_loss_bp": later.candidates.value,
        "others_later_loss_bp": later.others.value,
        "whitelist_later_loss_difference_bp_high": later.difference.high,
    }
