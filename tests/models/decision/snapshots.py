"""A drawn snapshot: every column of the catalogue, with trade that a decision can work with."""

from datetime import date

import numpy as np
import pyarrow as pa

from features.snapshot.steps import SCHEMA
from models.decision.gather import Assessment
from models.decision.portfolio import CIRCUMSTANCES

COUNTRIES = {"AE": 2, "IQ": 7, "US": None}


def drawn(buyers, seed=0):
    """Give a snapshot, its circumstances and an assessment with reasons."""
    draw = np.random.default_rng(seed)
    orders = draw.poisson(8, buyers)
    country = draw.choice(list(COUNTRIES), buyers)
    trade = {
        "orders_365d": orders,
        "orders_90d": draw.binomial(orders, 0.25),
        "mean_order_usd_cents_365d": np.where(orders > 0, draw.lognormal(13, 1, buyers), np.nan),
        "tenure_days": draw.integers(0, 2000, buyers),
        "taken_terms_days_365d": draw.uniform(10, 90, buyers),
        "terms_days_90d": draw.uniform(10, 90, buyers),
        "open_usd_cents": draw.integers(0, 10**7, buyers),
        "overdue_usd_cents": np.where(draw.random(buyers) < 0.1, 5_000_00, 0),
        "oldest_overdue_days": draw.integers(0, 80, buyers),
        "claims_undecided": draw.binomial(1, 0.02, buyers),
        "new_exporters_7d": draw.poisson(0.3, buyers),
        "new_exporters_30d": draw.poisson(1.5, buyers),
        "order_against_largest_paid_90d": draw.uniform(0, 1, buyers),
        "country_risk_class": [COUNTRIES[each] for each in country],
    }
    ids = [f"b{number:05d}" for number in range(buyers)]
    columns = {"buyer_id": ids, "as_of": [date(2026, 3, 31)] * buyers, **trade}
    rest = {field.name: draw.integers(0, 5, buyers) for field in SCHEMA if field.name not in columns}
    columns |= {name: values.astype(float) for name, values in rest.items()}
    snapshot = pa.table({field.name: _column(columns[field.name], field) for field in SCHEMA}, schema=SCHEMA)
    circumstances = pa.table(
        {"buyer_id": ids, "country": country.tolist(), "whitelisted_bp": draw.integers(0, 10_001, buyers)},
        schema=CIRCUMSTANCES,
    )
    features = ("days_late_90d", "open_usd_cents", "tenure_days", "orders_90d")
    pd = draw.lognormal(-4, 1, buyers).clip(1e-4, 0.9)
    return snapshot, circumstances, Assessment(pd, None, draw.normal(size=(buyers, 4)), features)


def _column(values, field):
    if pa.types.is_int64(field.type):
        return pa.array([None if each is None else int(each) for each in values], field.type)
    return pa.array(values, field.type, from_pandas=True)
