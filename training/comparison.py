"""Two versions on the same rows, each by a model that had not seen what came of them."""

from dataclasses import dataclass

import numpy as np

from features.errors import DataError
from models.bundle import Bundle
from models.matrix import to_matrix
from training.evidence import Evidence, Vector
from training.judging import FIGURES, BuyerBootstrap, Estimate, defaulting_buyers

DRAWS, SEED = 400, 20200101
# With fewer buyers in default an interval over buyers says next to nothing.
LEAST_DEFAULTS = 10


@dataclass(frozen=True, slots=True)
class Incumbent:
    """A version that is in use: its number, its bundle, and what it left behind."""

    version: str
    bundle: Bundle
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Comparison:
    """A challenger and the champion on the same mature rows.

    Attributes:
        version: the champion's.
        rows, buyers: what both were judged on.
        defaults: buyers of these that defaulted, each once.
        challenger, champion: figure -> estimate.
        gains: figure -> the challenger's less the champion's, on the same draws of buyers.
    """

    version: str
    rows: int
    buyers: int
    defaults: int
    challenger: dict[str, Estimate]
    champion: dict[str, Estimate]
    gains: dict[str, Estimate]


def against(
    bundle: Bundle, evidence: Evidence, champion: Incumbent | DataError | None
) -> Comparison | DataError | None:
    """Compare a version with the champion; or tell why that cannot be, or None where there is no champion yet."""
    if not isinstance(champion, Incumbent):
        return champion
    try:
        return compare(evidence, bundle.horizon_days, bundle.definition, champion)
    except DataError as error:
        return error


def compare(challenger: Evidence, horizon_days: int, definition: dict[str, object], champion: Incumbent) -> Comparison:
    """Compare on the challenger's out-of-time rows from the later of both cuts on.

    Raises:
        DataError: both predict different things, or share too few rows.
    """
    if (champion.bundle.horizon_days, champion.bundle.definition) != (horizon_days, definition):
        cause = "predicts another outcome (horizon or definition of default), so that no row tells which is better"
        raise DataError("champion", f"version {champion.version}", cause, "train with the champion's definition")
    shared = challenger.since(champion.evidence.cut)
    y, groups = shared.y, shared.groups
    defaulted = defaulting_buyers(y, groups)
    if defaulted < LEAST_DEFAULTS or y.all():
        cause = f"shares {len(y)} mature rows with {defaulted} defaulting buyers, fewer than {LEAST_DEFAULTS}"
        raise DataError("champion", f"version {champion.version}", cause, "wait until more outcomes are mature")
    ours, theirs = _unseen_pds(shared, champion)
    bootstrap = BuyerBootstrap(groups, DRAWS, SEED)
    return Comparison(
        champion.version,
        len(y),
        len(np.unique(groups)),
        defaulted,
        {title: bootstrap.estimate(figure, y, ours) for title, figure in FIGURES.items()},
        {title: bootstrap.estimate(figure, y, theirs) for title, figure in FIGURES.items()},
        {title: bootstrap.difference(figure, y, ours, theirs) for title, figure in FIGURES.items()},
    )


def _unseen_pds(rows: Evidence, champion: Incumbent) -> tuple[Vector, Vector]:
    """Give the challenger's and the champion's PDs (n,), each by a model that had not seen the outcome.

    Before the champion's training day both are as they were fitted before their first cut. From that day on the
    champion is the very model in use, and the challenger as it was fitted anew for its rolling origins.
    """
    known = to_matrix(rows.rows, champion.evidence.judged.features)
    later = rows.as_of >= np.datetime64(champion.bundle.trained_as_of)
    ours = np.where(later, rows.pd, rows.judged.pd(rows.rows))
    theirs = np.where(later, champion.bundle.model.predict_pd(known), champion.evidence.judged.model.predict_pd(known))
    return ours, theirs
