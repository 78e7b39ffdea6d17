"""From a snapshot's table to the facts of each buyer."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.catalogue import CATALOGUE
from models.decision.facts import BuyerFacts, Driver
from models.demand import Demand
from models.matrix import to_matrix

Floats = NDArray[np.float64]

_COUNTS = {
    "orders_365d": "orders_365d",
    "tenure_days": "tenure_days",
    "open": "open_usd_cents",
    "overdue": "overdue_usd_cents",
    "oldest_overdue_days": "oldest_overdue_days",
    "claims_undecided": "claims_undecided",
    "new_exporters_7d": "new_exporters_7d",
    "new_exporters_30d": "new_exporters_30d",
}
_MOST_DRIVERS = 3
_SIGNS = {feature.name: feature.sign for feature in CATALOGUE}
# The need is an estimate of cents from floats; beyond this it is a bust-out, not a need.
_MOST_CENTS = 10**15


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a model says of each row of a snapshot (n,).

    Attributes:
        pd: probability of default over the horizon; NaN where it cannot tell.
        lgd: share of what is owed at default that stays lost; None takes the policy's.
        contributions: (n, k) parts of the log-odds by feature, None where reasons are not asked for.
        features: (k,) their names.
        ead: what is owed at default as a share of the need; None takes the usual one.
    """

    pd: Floats
    lgd: Floats | None = None
    contributions: Floats | None = None
    features: tuple[str, ...] = ()
    ead: Floats | None = None


Usual = Mapping[str, float | None]


def gather(
    snapshot: pa.Table, countries: list[str], assessment: Assessment, wanted: Demand, usual: Usual | None = None
) -> list[BuyerFacts]:
    """Put together the facts of every row.

    Args:
        snapshot: features of each buyer as known on one day.
        countries: each buyer's country (ISO 3166-1 alpha-2).
        assessment: the model's view of the rows.
        wanted: what the buyers are expected to ask for.
        usual: the book's medians by feature, where the snapshot is not the whole book; its own by default.
    """
    if usual is None:
        usual = usual_values(snapshot, assessment.features)
    counts = {name: _integers(snapshot, column) for name, column in _COUNTS.items()}
    classes = snapshot["country_risk_class"].to_pylist()
    jumps = snapshot["order_against_largest_paid_90d"].to_pylist()
    pds = [None if np.isnan(pd) else float(pd) for pd in assessment.pd]
    amounts = {name: np.clip(np.rint(getattr(wanted, name)), 0, _MOST_CENTS).astype(np.int64).tolist()
               for name in ("turnover", "need")}  # fmt: skip
    drivers = _drivers(snapshot, assessment, usual)
    return [
        BuyerFacts(
            buyer_id=buyer_id,
            country=countries[row],
            risk_class=classes[row],
            pd=pds[row],
            jump=jumps[row],
            turnover=amounts["turnover"][row],
            need=amounts["need"][row],
            drivers=drivers[row],
            **{name: values[row] for name, values in counts.items()},
        )
        for row, buyer_id in enumerate(snapshot["buyer_id"].to_pylist())
    ]


def _integers(snapshot: pa.Table, column: str) -> list[int]:
    return [0 if value is None else int(value) for value in snapshot[column].to_pylist()]


def usual_values(snapshot: pa.Table, features: tuple[str, ...]) -> dict[str, float | None]:
    """Give the median of each feature over a book's snapshot, None where nobody has a value."""
    return {name: _median(snapshot, name) for name in features}


def _drivers(snapshot: pa.Table, assessment: Assessment, usual: Usual) -> list[tuple[Driver, ...]]:
    """Take each row's features that raise the PD most."""
    parts = assessment.contributions
    if parts is None:
        return [()] * snapshot.num_rows
    values = [snapshot[name].to_pylist() for name in assessment.features]
    middle = [usual.get(name) for name in assessment.features]
    speaks = _speaks(snapshot, assessment.features, middle)
    order = np.argsort(-np.where(speaks, parts, -np.inf), axis=1, kind="stable")[:, :_MOST_DRIVERS]
    return [
        tuple(
            Driver(
                assessment.features[each], _float(values[each][row]), middle[each], float(round(parts[row, each], 6))
            )
            for each in order[row]
            if parts[row, each] > 0 and speaks[row, each]
        )
        for row in range(snapshot.num_rows)
    ]


def _speaks(snapshot: pa.Table, features: tuple[str, ...], usual: list[float | None]) -> NDArray[np.bool_]:
    """Tell where a value lies on the side of the median that the feature's sentence speaks of, (n, k).

    A feature may raise the PD through another that it goes along with; its own sentence would then be untrue.
    """
    values = to_matrix(snapshot, features)
    middle = np.array([np.nan if each is None else each for each in usual])
    signs = np.array([_SIGNS[name] for name in features])
    speaks: NDArray[np.bool_] = (signs == 0) | ((values - middle) * signs > 0)
    return speaks


def _median(snapshot: pa.Table, name: str) -> float | None:
    known = snapshot[name].drop_null().to_numpy()
    return float(np.median(known)) if len(known) else None


def _float(value: float | int | None) -> float | None:
    return None if value is None else float(value)
