"""The gates of promotion: each one figure against its threshold, with a verdict.

A version is held against the champion as non-inferior, not as different: the whole 95 % interval over buyers must lie
on the good side of the tolerance, so that little data is no way in.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from features.errors import DataError
from models.bundle import Bundle
from models.matrix import to_matrix
from models.profile import SCORE
from models.reasons import texts
from training.comparison import DRAWS, SEED, Comparison
from training.evidence import Evidence, Vector
from training.judging import BuyerBootstrap, Estimate, defaulting_buyers
from training.thresholds import GateThresholds

_RISKIEST = 0.9


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate's verdict.

    Attributes:
        figure: what was measured; None where it could not be.
        threshold: what it is held against.
        told: in words, with intervals and counts.
    """

    name: str
    passed: bool
    figure: float | None
    threshold: float
    told: str

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        figure = None if self.figure is None or not math.isfinite(self.figure) else round(self.figure, 6)
        return asdict(self) | {"figure": figure}


def gates(
    bundle: Bundle, evidence: Evidence, compared: Comparison | DataError | None, thresholds: GateThresholds
) -> list[Gate]:
    """Hold a version against its thresholds.

    Args:
        bundle: what would go into use.
        evidence: what its training left behind.
        compared: what `training.comparison.against` found.
        thresholds: what to hold against.
    """
    return [
        *_against_champion(compared, thresholds),
        _calibrated(evidence, thresholds.calibration_ratio),
        _stable(evidence, thresholds.score_psi),
        _reasons(bundle, evidence, thresholds.reasons_share),
        _mature(evidence),
        _enough(evidence, thresholds.least_defaults),
    ]


def observed_per_expected(y: Vector, pd: Vector, weight: Vector) -> float:
    """Defaults that came for each one that was predicted; NaN where none was."""
    expected = float((weight * pd).sum())
    return float((weight * y).sum()) / expected if expected > 0 else float("nan")


def touches(estimate: Estimate, ratio: float) -> bool:
    """Tell whether an interval reaches into 1 / ratio to ratio; not known is no."""
    return estimate.low <= ratio and estimate.high >= 1 / ratio


def _against_champion(compared: Comparison | DataError | None, thresholds: GateThresholds) -> list[Gate]:
    limits = {"log_loss": thresholds.log_loss_tolerance, "auc": thresholds.auc_tolerance}
    if isinstance(compared, Comparison):
        return [_log_loss(compared, limits["log_loss"]), _auc(compared, limits["auc"])]
    told = "no champion yet" if compared is None else str(compared)
    return [Gate(f"{name}_vs_champion", compared is None, None, limit, told) for name, limit in limits.items()]


def _log_loss(found: Comparison, tolerance: float) -> Gate:
    most = found.gains["log_loss"].high / found.champion["log_loss"].value
    return Gate("log_loss_vs_champion", most <= tolerance, most, tolerance, _gained(found, "log_loss"))


def _auc(found: Comparison, tolerance: float) -> Gate:
    behind = -found.gains["auc"].low
    return Gate("auc_vs_champion", behind <= tolerance, behind, tolerance, _gained(found, "auc"))


def _gained(found: Comparison, figure: str) -> str:
    ours, theirs, gain = found.challenger[figure], found.champion[figure], found.gains[figure]
    return (
        f"{ours.value:.4f} against {theirs.value:.4f} of version {found.version}, difference {gain.value:+.4f} "
        f"[{gain.low:+.4f}, {gain.high:+.4f}] on {found.rows:,} rows with {found.defaults:,} defaulting buyers"
    )


def _calibrated(evidence: Evidence, ratio: float) -> Gate:
    bootstrap = BuyerBootstrap(evidence.groups, DRAWS, SEED)
    found = bootstrap.estimate(observed_per_expected, evidence.y, evidence.pd)
    told = f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}] defaults came for each one expected"
    return Gate("calibrated", touches(found, ratio), found.value, ratio, told)


def _stable(evidence: Evidence, most: float) -> Gate:
    known = to_matrix(evidence.rows, evidence.judged.features)
    shifts = {each.name: each.psi for each in evidence.fitted_on.shifts(known, evidence.judged.model.predict_pd(known))}
    psi = shifts.pop(SCORE)
    worst = max(shifts, key=lambda name: shifts[name])
    told = f"stability index of the score; of the features {worst} moved most ({shifts[worst]:.2f})"
    return Gate("stable", psi <= most, psi, most, told)


def _reasons(bundle: Bundle, evidence: Evidence, least: float) -> Gate:
    """Of the riskiest rows, which share has a feature that raises the risk and a sentence for it in both languages?"""
    riskiest = evidence.rows.filter(evidence.pd >= np.quantile(evidence.pd, _RISKIEST))
    told = np.array([f"risk.{name}" in texts() for name in bundle.features])
    share = float(((bundle.contributions(riskiest) > 0) & told).any(axis=1).mean())
    words = f"of the {riskiest.num_rows:,} riskiest rows have a reason to tell"
    return Gate("reasons_available", share >= least, share, least, words)


def _mature(evidence: Evidence) -> Gate:
    youngest = evidence.as_of.max().astype(object)
    days = (evidence.data_end - youngest).days - evidence.wait_days
    told = f"days to spare: the last of the rows is of {youngest}, outcomes take {evidence.wait_days} days"
    return Gate("labels_mature", days >= 0, days, 0, told)


def _enough(evidence: Evidence, least: int) -> Gate:
    found = defaulting_buyers(evidence.y, evidence.groups)
    return Gate("enough_defaults", found >= least, found, least, f"defaulting buyers among {len(evidence.y):,} rows")


def show(found: list[Gate], console: Console) -> None:
    """Print each gate's figure and verdict for a person."""
    table = Table("gate", "verdict", "figure", "threshold", "what it says")
    for gate in found:
        figure = "–" if gate.figure is None else f"{gate.figure:z.4g}"
        table.add_row(gate.name, "passed" if gate.passed else "FAILED", figure, f"{gate.threshold:g}", gate.told)
    console.print(table)
