"""Now against training: has the population, its scores or what comes of them moved away from what was learned?

Populations are compared like with like: all buyers of the book on the training day, and all on the day asked for.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from features.book.folder import connect, open_book
from features.errors import DataError
from features.snapshot import snapshot
from models.bundle import Bundle
from models.champion import Champion
from models.matrix import to_matrix
from models.profile import SCORE, Shift
from training.config import DefaultDefinition, TrainingConfig
from training.dataset import assemble
from training.gates import Gate, observed_per_expected, touches
from training.judging import FIGURES, BuyerBootstrap, Estimate, defaulting_buyers
from training.labels import labels, prepare, snapshot_days
from training.thresholds import DriftThresholds

# Tells a scheduler that all went well, and that the population has moved.
DRIFTED = 3
# The same for all buyers of a day, so that any other day is another population.
_OF_THE_DAY = frozenset({"days_to_spring_festival"})
# Why outcomes since training tell nothing.
_NOTHING_MATURE = "no outcome of a day since training is mature yet"
_NONE_DEFAULTED = "outcomes of days since training are mature, but nobody defaulted"
_ALL_DEFAULTED = "outcomes of days since training are mature, but all of them are defaults"


@dataclass(frozen=True, slots=True)
class Matured:
    """What came of buyers that the champion scored on days since its training.

    Attributes:
        defaults: buyers that defaulted, each once.
        observed_per_expected: defaults for each one that it had predicted.
    """

    days: tuple[date, ...]
    rows: int
    defaults: int
    observed_per_expected: Estimate
    auc: Estimate


@dataclass(frozen=True, slots=True)
class Drift:
    """All that moved.

    Attributes:
        shifts: each feature and the score (`pd`).
        mean_pd: at training and now.
        buyers: at training and now.
        matured: None while no outcome of a day since training is mature, or all came out alike.
        checks: each figure against its threshold.
    """

    version: str
    trained_as_of: date
    as_of: date
    shifts: tuple[Shift, ...]
    mean_pd: tuple[float, float]
    buyers: tuple[int, int]
    matured: Matured | None
    checks: tuple[Gate, ...]

    @property
    def drifted(self) -> bool:
        """Whether any figure is beyond its threshold."""
        return not all(check.passed for check in self.checks)


def drift(book: Path, as_of: date, champion: Champion, thresholds: DriftThresholds) -> Drift:
    """Compare a book as known on a day with what the champion was trained for.

    Raises:
        BookError: the folder is no book.
        DataError: the champion kept no population, or the book holds no buyer on that day.
    """
    bundle = champion.bundle
    if bundle.profile is None:
        cause = "kept no population to compare with"
        raise DataError("champion", f"version {champion.version}", cause, "train and promote again")
    seen = snapshot(book, [as_of])
    if not seen.num_rows:
        raise DataError("day", as_of, "comes before every order of the book", "ask for a later day")
    pd = bundle.pd(seen)
    shifts = bundle.profile.shifts(to_matrix(seen, bundle.features), pd)
    mean_pd = bundle.profile.mean_pd, float(pd.mean())
    found = _matured(book, as_of, bundle)
    matured = None if isinstance(found, str) else found
    checks = (*_population(shifts, mean_pd, thresholds), _calibration(found, thresholds))
    buyers = bundle.profile.rows, seen.num_rows
    return Drift(champion.version, bundle.trained_as_of, as_of, shifts, mean_pd, buyers, matured, checks)


def summary(found: Drift) -> dict[str, Any]:
    """Give it as JSON holds it; figures with intervals as [value, low, high]."""
    matured = found.matured
    return {
        "version": found.version,
        "trained_as_of": found.trained_as_of.isoformat(),
        "as_of": found.as_of.isoformat(),
        "drifted": found.drifted,
        "buyers": {"at_training": found.buyers[0], "now": found.buyers[1]},
        "mean_pd": {"at_training": round(found.mean_pd[0], 6), "now": round(found.mean_pd[1], 6)},
        "checks": [check.as_dict() for check in found.checks],
        "shifts": {
            each.name: {
                "psi": round(each.psi, 4),
                "missing": [round(each.missing_before, 4), round(each.missing_now, 4)],
            }
            for each in found.shifts
        },
        "matured": None
        if matured is None
        else {
            "days": [day.isoformat() for day in matured.days],
            "rows": matured.rows,
            "defaults": matured.defaults,
            "observed_per_expected": _listed(matured.observed_per_expected),
            "auc": _listed(matured.auc),
        },
    }


def _population(shifts: tuple[Shift, ...], mean_pd: tuple[float, float], thresholds: DriftThresholds) -> list[Gate]:
    score = next(each for each in shifts if each.name == SCORE)
    features = [each for each in shifts if each.name not in {SCORE, *_OF_THE_DAY}]
    return [
        Gate("score", score.psi <= thresholds.score_psi, score.psi, thresholds.score_psi, "stability index of the PD"),
        _level(mean_pd, thresholds.score_ratio),
        _moved(features, thresholds),
        _missing(features, thresholds.missing_rise),
    ]


def _level(mean_pd: tuple[float, float], ratio: float) -> Gate:
    found = mean_pd[1] / mean_pd[0]
    told = f"mean PD {mean_pd[1]:.2%} against {mean_pd[0]:.2%} at training"
    return Gate("score_level", 1 / ratio <= found <= ratio, found, ratio, told)


def _moved(features: list[Shift], thresholds: DriftThresholds) -> Gate:
    moved = sorted((each for each in features if each.psi > thresholds.feature_psi), key=lambda each: -each.psi)
    share = len(moved) / len(features)
    named = ", ".join(f"{each.name} ({each.psi:.2f})" for each in moved[:5]) or "none"
    told = f"of the features have an index above {thresholds.feature_psi:g}: {named}"
    return Gate("features", share <= thresholds.moved_share, share, thresholds.moved_share, told)


def _missing(features: list[Shift], most: float) -> Gate:
    worst = max(features, key=lambda each: each.missing_now - each.missing_before)
    rise = worst.missing_now - worst.missing_before
    told = f"{worst.name} is missing in {worst.missing_now:.1%} of rows, {worst.missing_before:.1%} at training"
    return Gate("missing", rise <= most, rise, most, told)


def _matured(book: Path, as_of: date, bundle: Bundle) -> Matured | str:
    """Judge the champion on days since its training whose outcomes are mature by now; or tell why that cannot be."""
    definition = DefaultDefinition.model_validate(bundle.definition)
    config = TrainingConfig(horizon_days=bundle.horizon_days, default=definition)
    with connect() as connection:
        open_book(book, connection)
        ripeness = prepare(connection, as_of, config)
        days = [day for day in snapshot_days(ripeness, config) if day >= bundle.trained_as_of]
        if not days:
            return _NOTHING_MATURE
        rows = assemble(book, labels(connection, days, config.horizon_days), days)
    if not 0 < rows.defaults < len(rows):
        return _ALL_DEFAULTED if rows.defaults else _NONE_DEFAULTED
    pd = bundle.model.predict_pd(rows.X)
    bootstrap = BuyerBootstrap(rows.groups, config.bootstrap_draws, config.seed)
    level = bootstrap.estimate(observed_per_expected, rows.y, pd)
    defaults = defaulting_buyers(rows.y, rows.groups)
    return Matured(tuple(days), len(rows), defaults, level, bootstrap.estimate(FIGURES["auc"], rows.y, pd))


def _calibration(matured: Matured | str, thresholds: DriftThresholds) -> Gate:
    ratio = thresholds.calibration_ratio
    if isinstance(matured, str):
        return Gate("calibration", True, None, ratio, matured)
    level = matured.observed_per_expected
    told = (
        f"{level.value:.2f} [{level.low:.2f}, {level.high:.2f}] defaults came for each one expected, "
        f"{matured.rows:,} rows with {matured.defaults:,} defaulting buyers"
    )
    few = matured.defaults < thresholds.least_defaults
    return Gate("calibration", few or touches(level, ratio), level.value, ratio, told)


def _listed(estimate: Estimate) -> list[float]:
    return [round(value, 6) for value in (estimate.value, estimate.low, estimate.high)]
