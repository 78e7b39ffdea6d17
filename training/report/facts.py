"""What the report shows beyond the run's own figures: segments, lift, stability, effects and reasons."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from features.catalogue import CATALOGUE, Feature
from models.profile import SCORE, Shift
from training.dataset import Dataset
from training.gates import observed_per_expected
from training.judging import BuyerBootstrap, Estimate, Vector, auc
from training.train import Trained

_DRAWS = 200
_COUNTRIES, _EFFECTS, _REASONS = 8, 6, 10
# TreeSHAP takes a while, and a few thousand rows show the same picture.
_SAMPLE = 4000
_NEW_DAYS, _FESTIVAL_DAYS = 180, 90
_SIZES_USD = (10_000, 50_000, 200_000)
_PLACE = {feature.name: place for place, feature in enumerate(CATALOGUE)}


@dataclass(frozen=True, slots=True)
class Segment:
    """Out-of-time rows of one kind.

    Attributes:
        kind: `country`, `size`, `tenure` or `season`.
        level: defaults observed for each one expected.
        auc: NaN where a class is missing.
    """

    kind: str
    name: str
    rows: int
    defaults: int
    mean_pd: float
    rate: float
    level: Estimate
    auc: Estimate


@dataclass(frozen=True, slots=True)
class Effect:
    """How one feature moves the log-odds.

    Attributes:
        share: of all that features move, in mean absolute log-odds.
        values, moved: mean value and mean contribution by tenths of the value, missing left out.
    """

    feature: Feature
    share: float
    values: tuple[float, ...]
    moved: tuple[float, ...]


def level(trained: Trained) -> Estimate:
    """Give the defaults observed for each one expected, out of time."""
    bootstrap = BuyerBootstrap(trained.test.groups, trained.config.bootstrap_draws, trained.config.seed)
    return bootstrap.estimate(observed_per_expected, trained.test.y, _pd(trained))


def segments(trained: Trained) -> list[Segment]:
    """Judge the chosen model by country, size, tenure and season."""
    return [_segment(trained, kind, name, kept) for kind, name, kept in _kinds(trained) if kept.any()]


def lift(trained: Trained) -> tuple[Vector, Vector]:
    """Give the share of defaults caught (101,) among each share of the riskiest rows (101,)."""
    order = np.argsort(-_pd(trained), kind="stable")
    caught = np.r_[0.0, np.cumsum(trained.test.y[order]) / trained.test.y.sum()]
    shares = np.linspace(0, 1, 101)
    return shares, np.interp(shares, np.linspace(0, 1, len(caught)), caught)


def shifts(trained: Trained) -> list[Shift]:
    """Compare out-of-time rows with those fitted on: the score first, then features, the most moved first."""
    evidence = trained.evidence
    found = evidence.fitted_on.shifts(trained.test.X, evidence.judged.model.predict_pd(trained.test.X))
    return sorted(found, key=lambda each: (each.name != SCORE, -each.psi))


def effects(trained: Trained) -> list[Effect]:
    """Rank features by what they move in the model that goes into use, and trace the largest ones."""
    rows = trained.test.X[:: max(1, len(trained.test) // _SAMPLE)]
    parts = trained.bundle.model.contributions(rows)
    weight = np.abs(parts).mean(axis=0)
    total = max(float(weight.sum()), 1e-12)
    ranked = np.argsort(-weight, kind="stable")[:_REASONS]
    return [
        Effect(CATALOGUE[place], float(weight[place]) / total, *_trace(rows[:, place], parts[:, place]))
        for place in ranked
        if weight[place] > 0
    ]


def drawn(found: list[Effect]) -> list[Effect]:
    """Keep the effects that there is something to draw of."""
    return [each for each in found if len(each.values) > 1][:_EFFECTS]


def _trace(values: Vector, moved: Vector) -> tuple[tuple[float, ...], tuple[float, ...]]:
    known = ~np.isnan(values)
    values, moved = values[known], moved[known]
    if not len(values):
        return (), ()
    place = np.searchsorted(np.unique(np.quantile(values, np.arange(1, 10) / 10)), values)
    bins = np.unique(place)
    return (
        tuple(float(values[place == each].mean()) for each in bins),
        tuple(float(moved[place == each].mean()) for each in bins),
    )


def _segment(trained: Trained, kind: str, name: str, kept: NDArray[np.bool_]) -> Segment:
    y, pd = trained.test.y[kept], _pd(trained)[kept]
    bootstrap = BuyerBootstrap(trained.test.groups[kept], _DRAWS, trained.config.seed)
    return Segment(
        kind,
        name,
        len(y),
        int(y.sum()),
        float(pd.mean()),
        float(y.mean()),
        bootstrap.estimate(observed_per_expected, y, pd),
        bootstrap.estimate(auc, y, pd),
    )


def _kinds(trained: Trained) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    test = trained.test
    names, counts = np.unique(trained.country.astype(str), return_counts=True)
    large = names[np.argsort(-counts, kind="stable")][:_COUNTRIES]
    for name in large:
        yield "country", str(name), trained.country == name
    yield "country", "others", ~np.isin(trained.country.astype(str), large)
    yield from _sizes(test)
    new = _values(test, "tenure_days") < _NEW_DAYS
    yield "tenure", "new", new
    yield "tenure", "known", ~new
    near = _values(test, "days_to_spring_festival") <= _FESTIVAL_DAYS
    yield "season", "before_festival", near
    yield "season", "rest", ~near
    quarters = (test.as_of.astype("datetime64[M]").astype(int) % 12) // 3 + 1
    for quarter in range(1, 5):
        yield "season", f"Q{quarter}", quarters == quarter


def _sizes(test: Dataset) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    bought = np.nan_to_num(_values(test, "amount_usd_cents_365d")) / 100
    edges = (0, *_SIZES_USD, np.inf)
    for low, high in pairwise(edges):
        name = f"≥ USD {low:,.0f}" if high == np.inf else f"USD {low:,.0f}–{high:,.0f}"
        yield "size", name, (bought >= low) & (bought < high)


def _values(test: Dataset, feature: str) -> Vector:
    return test.X[:, _PLACE[feature]]


def _pd(trained: Trained) -> Vector:
    return trained.judgement.pd[trained.contest.chosen]
