"""One buyer's features as one statement for PostgreSQL, from the same SQL as the snapshots.

The canonical names are first narrowed to the buyer's rows by index; then come the steps as they are. Sums over other
buyers are read from the tables of the schema `peers`, which hold `records()` as known on some day: the buyer's own
part in them is exchanged for its part now. Where the records are of the same day, the statement's values are those of
the snapshot; where they are older, other buyers' data is as old as they are.
"""

from collections.abc import Collection
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

from features.snapshot.days import day_table, end_of
from features.snapshot.steps import STEPS, closing, render

_SQL = Path(__file__).parents[1] / "sql" / "postgres"

# What comes before the steps: the canonical tables narrowed to the buyer, and which records there are.
_INPUTS = ("days", "orders", "payments", "overdue_notices", "claims", "buyers", "country_risk", "recorded")
# Steps over all buyers, which for one buyer rest on records instead.
_RECORDS = ("exporter_record", "country_record", "book_record")


def buyer_statement(buyer_id: str, as_of: date, others: Collection[str] = ()) -> tuple[str, dict[str, Any]]:
    """Give the statement and its parameters; it answers one row of a snapshot, or none where no order is known.

    Args:
        buyer_id: the buyer that the row is of.
        as_of: nothing recorded after the end of this day counts.
        others: ids under which the same buyer was entered too; their rows count as the buyer's.

    Raises:
        CallerError: the day is one that no book can hold.
    """
    (day,) = day_table([as_of]).to_pylist()
    return _statement(), {**day, **_of(buyer_id, as_of, others)}


def unrated_statement(buyer_id: str, as_of: date, others: Collection[str] = ()) -> tuple[str, dict[str, Any]]:
    """Give the statement that finds an amount of the buyer without a rate: order, currency and day, or no row.

    Ask it first, for the features leave such amounts out.
    """
    named = ", ".join(f"{name} AS ({_ours(name)})" for name in ("orders", "payments", "claims"))
    return f"WITH {named} {_render('unrated')}", _of(buyer_id, as_of, others)


def _of(buyer_id: str, as_of: date, others: Collection[str]) -> dict[str, Any]:
    return {"buyer_id": buyer_id, "members": sorted({buyer_id, *others}), "end": end_of(as_of)}


@cache
def _statement() -> str:
    parts = {name: _ours(name) for name in _INPUTS} | {
        step.name: _ours(step.name) if step.name in _RECORDS else _render(step.name) for step in STEPS
    }
    named = ", ".join(f"{name} AS ({text})" for name, text in parts.items())
    return f"WITH {named} SELECT * FROM ({_escaped(closing('postgres'))}) AS snapshot WHERE buyer_id = %(buyer_id)s"


def _ours(name: str) -> str:
    """Read a part that is written for PostgreSQL, with parameters in psycopg's style."""
    lines = (_SQL / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


@cache
def _render(step: str) -> str:
    """Render a step, with the rates read from their own schema: narrowing them would copy them."""
    tree = sqlglot.parse_one(render(step, "postgres"), read="postgres")
    for table in tree.find_all(exp.Table):
        if table.name == "usd_rates":
            table.set("db", exp.to_identifier("peers"))
    return _escaped(tree.sql("postgres"))


def _escaped(text: str) -> str:
    """Double the percent signs, which alone would open a parameter."""
    return text.replace("%", "%%")
