"""How much cover buyers will ask for, how much trade a limit lets through, and what is owed if it goes wrong.

Compound Poisson reasoning: orders on credit arrive in lumps and stay open for their terms, so the peak of what is
open exceeds its mean by a margin that falls with the square root of the number of open orders. The figures below that
theory leaves open were measured once on simulated markets, by replaying all orders against limits of many sizes;
`tests/models/test_demand.py` and `tests/training/backtest` hold them to what later happened.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.matrix import to_matrix

Floats = NDArray[np.float64]

COLUMNS = (
    "orders_365d",
    "orders_90d",
    "mean_order_usd_cents_365d",
    "tenure_days",
    "taken_terms_days_365d",
    "terms_days_90d",
)

# A thin history weighs less: so many days without an order are put beside the buyer's own.
_SILENT_DAYS = 45.0
# The last quarter tells growth, the year tells the level.
_RECENT_SHARE = 0.3
_USUAL_TERMS_DAYS = 60.0
_TERMS_BOUNDS = (5.0, 200.0)
# need = open * (_LEVEL + _LUMPS / sqrt(open orders)): 9 of 10 buyers' peaks within the horizon stay below.
_LEVEL, _LUMPS = 1.5, 6.0
_FEWEST_OPEN = 0.02
# Share of the trade that a limit of x times the need lets through: 1 - exp(-_TRADE * x).
_TRADE = 2.6
# Owed at default, as a share of the need, without a limit, where no model tells it; and how fast a limit reaches it.
OWED_SHARE, _OWED = 0.25, 1.6


@dataclass(frozen=True, slots=True)
class Demand:
    """What buyers (n,) are expected to ask for within the horizon; amounts in US cents.

    Attributes:
        turnover: expected orders on credit.
        open: expected amount open at a time.
        need: the amount that nine of ten such buyers never have open at once.
        owed_share: share of the need that is owed at default; None takes the usual one.
    """

    turnover: Floats
    open: Floats
    need: Floats
    owed_share: Floats | None = None

    def of(self, rows: NDArray[np.int64]) -> "Demand":
        """Keep some buyers, by their places."""
        share = None if self.owed_share is None else self.owed_share[rows]
        return Demand(self.turnover[rows], self.open[rows], self.need[rows], share)

    def covered(self, limit: Floats) -> Floats:
        """Expect the trade (US cents) that limits let through; `limit` (n,) or (n, k) in US cents."""
        return _stretched(self.turnover, limit) * _reached(limit, self.need, _TRADE)

    def owed(self, limit: Floats) -> Floats:
        """Expect the covered amount owed if the buyer defaults; `limit` (n,) or (n, k) in US cents."""
        share = OWED_SHARE if self.owed_share is None else self.owed_share
        most = _stretched(self.need * share, limit) * _reached(limit, self.need, _OWED)
        return np.minimum(most, limit)


def demand(snapshot: pa.Table, horizon_days: int) -> Demand:
    """Expect what each row's buyer will ask for, from its orders, terms and what is open.

    A buyer without an order on credit within a year has a demand of 0.
    """
    columns = dict(zip(COLUMNS, to_matrix(snapshot, COLUMNS).T, strict=True))
    known = np.clip(columns["tenure_days"] + 1, 1, 365)
    yearly = columns["orders_365d"] / (known + _SILENT_DAYS)
    recent = columns["orders_90d"] / (np.minimum(known, 90) + _SILENT_DAYS / 3)
    a_day = np.nan_to_num((1 - _RECENT_SHARE) * yearly + _RECENT_SHARE * recent)
    mean_order = np.nan_to_num(columns["mean_order_usd_cents_365d"])
    terms = _first(columns["taken_terms_days_365d"], columns["terms_days_90d"], _USUAL_TERMS_DAYS)
    open_orders = np.maximum(a_day * np.clip(terms, *_TERMS_BOUNDS), _FEWEST_OPEN)
    expected = np.where(a_day > 0, open_orders * mean_order, 0.0)
    return Demand(
        turnover=a_day * mean_order * horizon_days,
        open=expected,
        need=expected * (_LEVEL + _LUMPS / np.sqrt(open_orders)),
    )


def _first(values: Floats, otherwise: Floats, last: float) -> Floats:
    """Take the first of three that is known."""
    return np.where(np.isnan(values), np.where(np.isnan(otherwise), last, otherwise), values)


def _stretched(each: Floats, like: Floats) -> Floats:
    """Give values (n,) the shape to meet `like` (n,) or (n, k)."""
    return each if like.ndim == 1 else each[:, None]


def _reached(limit: Floats, need: Floats, steepness: float) -> Floats:
    """How far limits reach into what is asked for: 0 for none, near 1 from a full need on; 0 where nothing is asked."""
    scale = _stretched(np.where(need > 0, need, np.inf), limit)
    reached: Floats = -np.expm1(-steepness * limit / scale)
    return reached
