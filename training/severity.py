"""Fitting severity: what defaulting buyers owed against their need, and what of it came back."""

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.catalogue import CATALOGUE
from models.demand import OWED_SHARE, demand
from models.policy import BASIS_POINTS, policies
from models.severity import Severity, Shares, classes, shrunk
from training.config import TrainingConfig
from training.dataset import Dataset
from training.labels import Ripeness, read_sql

Floats = NDArray[np.float64]

_NAMES = [feature.name for feature in CATALOGUE]
_CLASS = _NAMES.index("country_risk_class")
# The need is an estimate: a buyer that owes more than so many times of it says little about others.
_MOST_OF_NEED = 4.0


def losses(connection: duckdb.DuckDBPyConnection, ripeness: Ripeness, config: TrainingConfig) -> pa.Table:
    """Tell what each defaulting buyer owed at default and what of it stays lost, of tables that `prepare` made.

    Returns:
        buyer_id, owed and lost in US cents, of defaults old enough for recoveries to have come in.
    """
    parameters = {
        "days_past_due": config.default.days_past_due,
        "lag_days": ripeness.lag_days,
        "workout_days": config.severity.workout_days,
        "data_end": ripeness.data_end,
    }
    lost: pa.Table = connection.sql(read_sql("losses"), params=parameters).to_arrow_table()
    return lost


def fit_severity(rows: Dataset, lost: pa.Table, horizon_days: int) -> Severity:
    """Fit LGD on buyers' losses and EAD on the rows that defaulted, each buyer once.

    The priors are the policy's loss given default on the last snapshot day (the first policy's before there was one),
    and the share of the need that stands in `models.demand`.
    """
    terms = policies()
    policy = terms.at(max(rows.as_of.max().astype(object), terms.versions[0].effective_from))
    return Severity(_lgd(rows, lost, policy.loss_given_default / BASIS_POINTS), _ead(rows, horizon_days))


def _lgd(rows: Dataset, lost: pa.Table, prior: float) -> Shares:
    # A buyer that was in no row had no order before the one that defaulted: it counts for the portfolio alone.
    newest = dict(zip(rows.buyer_id.tolist(), classes(rows.X[:, _CLASS]).tolist(), strict=True))
    risk_class = np.array([newest.get(buyer, np.nan) for buyer in lost["buyer_id"].to_pylist()], dtype=np.float64)
    owed = lost["owed"].to_numpy()
    return shrunk(lost["lost"].to_numpy() / owed, owed, risk_class, prior)


def _ead(rows: Dataset, horizon_days: int) -> Shares:
    seen = pa.table(dict(zip(_NAMES, rows.X.T, strict=True)))
    need = demand(seen, horizon_days).need
    kept = (rows.y == 1) & (need > 0)
    buyers, place = np.unique(rows.groups[kept], return_inverse=True)
    needed = np.bincount(place, need[kept]).astype(np.float64)
    owed = np.bincount(place, rows.lost_usd_cents[kept]).astype(np.float64)
    risk_class = np.full(len(buyers), np.nan)
    risk_class[place] = classes(rows.X[kept, _CLASS])
    return shrunk(np.minimum(owed / needed, _MOST_OF_NEED), needed, risk_class, OWED_SHARE)
