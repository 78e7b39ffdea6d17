"""The feature SQL in order: one definition in DuckDB's dialect, rendered for any engine.

Each step is one SELECT in `features/sql/NAME.sql` over the canonical tables (`orders`, `payments`, ...), the inputs
`days` and `usd_rates`, and the steps before it. Figures are integers until the last division, so that every
engine and any number of threads come to the same values.
"""

from functools import cache
from pathlib import Path

import sqlglot

from features.catalogue import CATALOGUE, FAMILIES

_SQL = Path(__file__).parents[1] / "sql"

STEPS = (
    "order_versions",
    "payment_versions",
    "tangled_orders",
    "tangled_steps",
    "order_steps",
    "order_days",
    "claim_versions",
    "claim_days",
    "notice_days",
    "buyer_days",
    "buyer_parts",
    "buyer_ever",
    "buyer_names",
    "pair_days",
    "pair_record",
    "exporter_record",
    "buyer_record",
    "country_record",
    "book_record",
    "peers",
    "country_classes",
    *(f"{family}_features" for family in FAMILIES),
)


@cache
def render(step: str, dialect: str) -> str:
    """Give a step's SELECT in an engine's dialect (duckdb, spark or postgres)."""
    text = (_SQL / f"{step}.sql").read_text(encoding="utf-8")
    return sqlglot.transpile(text, read="duckdb", write=dialect, comments=False)[0]


def closing_select() -> str:
    """Join the families into one row for each buyer and day, columns in the order of the catalogue."""
    columns = ", ".join(f"{feature.family}_features.{feature.name}" for feature in CATALOGUE)
    joins = " ".join(
        f"JOIN {family}_features ON {family}_features.buyer_id = e.buyer_id AND {family}_features.day = e.day"
        for family in FAMILIES
    )
    return (
        f"SELECT e.buyer_id, d.as_of, {columns} FROM buyer_ever AS e JOIN days AS d ON d.day = e.day {joins} "
        "ORDER BY d.as_of, e.buyer_id"
    )
