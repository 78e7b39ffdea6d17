"""How late facts are recorded: the reporting-lag curve, estimated from what is recorded so far.

A fact that happened lately is in the book only if it was recorded quickly, so that a plain count of lags makes them
look short. The estimator of lags that are truncated from the right conditions on that: read backwards in time it is the
product-limit estimator (S. Lagakos, L. Barraj and V. De Gruttola, "Nonparametric analysis of truncated survival data,
with application to AIDS", Biometrika 75(3), 1988).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

# Facts that may change an outcome after its day; the others are told only.
DECIDING = ("payment", "accepted_claim")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LagCurve:
    """What share of a kind of fact is recorded within so many days.

    Attributes:
        fact: what is recorded.
        events: how many are recorded so far.
        days: (k,) the lags that occur, rising.
        share: (k,) share recorded within each of them.
    """

    fact: str
    events: int
    days: tuple[int, ...]
    share: tuple[float, ...]

    def quantile(self, share: float) -> int:
        """Find the days within which a share of the facts is recorded."""
        reached = np.searchsorted(self.share, share - 1e-12)
        return self.days[min(int(reached), len(self.days) - 1)]


def lag_curves(lags: pa.Table) -> tuple[LagCurve, ...]:
    """Estimate a curve for each kind of fact from `lags.sql`: fact, lag_days, most_days and events."""
    facts = lags["fact"].to_numpy(zero_copy_only=False)
    columns = [lags[name].to_numpy().astype(np.int64) for name in ("lag_days", "most_days", "events")]
    return tuple(_curve(str(fact), *(column[facts == fact] for column in columns)) for fact in np.unique(facts))


def reporting_lag(curves: tuple[LagCurve, ...], share: float, least_events: int) -> int:
    """Tell within how many days so great a share of what decides an outcome is recorded; 0 where nothing tells.

    Fewer than `least_events` facts of a kind tell no quantile.
    """
    telling = [curve for curve in curves if curve.fact in DECIDING and curve.events >= least_events]
    return max((curve.quantile(share) for curve in telling), default=0)


def _curve(fact: str, lag: Ints, most: Ints, events: Ints) -> LagCurve:
    days, place = np.unique(lag, return_inverse=True)
    here = np.bincount(place, events)
    # At each lag: who has that lag or a shorter one, among those who could have had it.
    at_risk = np.array([events[(lag <= day) & (most >= day)].sum() for day in days])
    stay: Floats = 1 - here / at_risk
    share = np.append(np.cumprod(stay[::-1])[::-1][1:], 1.0)
    return LagCurve(fact, int(events.sum()), tuple(days.tolist()), tuple(np.round(share, 9).tolist()))
