"""One buyer's features as one statement for PostgreSQL, from the same SQL as the snapshots.

The canonical names are first narrowed to the buyer's rows by index; then come the steps as they are. Sums over other
buyers are read from the tables of the schema `peers`, which hold `records()` as known on some day: every figure of
the buyer's own that went into them is exchanged for the figure of today. Where the records are of the same day, the
statement's values are those of the snapshot; where they are older, other buyers' data is as old as they are.
"""

from datetime import date
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp

from features.snapshot.days import day_table, end_of
from features.snapshot.steps import RECORDS, STEPS, closing_select, render

# Our parameters in psycopg's style.
_INPUTS = {
    "days": """
        SELECT %(as_of)s::date AS as_of, %(day)s::int AS day, %(after_day)s::int AS after_day,
            %(festival_day)s::int AS festival_day
    """,
    "orders": """
        SELECT * FROM book.orders WHERE recorded_at < %(end)s AND order_id IN (
            SELECT order_id FROM book.orders WHERE buyer_id = %(buyer_id)s)
    """,
    "payments": """
        SELECT * FROM book.payments WHERE recorded_at < %(end)s AND payment_id IN (
            SELECT payment_id FROM book.payments WHERE order_id IN (SELECT order_id FROM orders))
    """,
    "overdue_notices": """
        SELECT * FROM book.overdue_notices WHERE recorded_at < %(end)s AND order_id IN (SELECT order_id FROM orders)
    """,
    "claims": """
        SELECT * FROM book.claims WHERE recorded_at < %(end)s AND claim_id IN (
            SELECT claim_id FROM book.claims WHERE order_id IN (SELECT order_id FROM orders))
    """,
    "buyers": "SELECT * FROM book.buyers WHERE recorded_at < %(end)s AND buyer_id = %(buyer_id)s",
    "country_risk": """
        SELECT * FROM book.country_risk WHERE recorded_at < %(end)s AND country IN (SELECT country FROM buyers)
    """,
    # The newest records that the day may know of.
    "recorded": "SELECT MAX(day) AS day FROM peers.book_record WHERE day <= %(day)s",
}


def buyer_statement(buyer_id: str, as_of: date) -> tuple[str, dict[str, Any]]:
    """Give the statement and its parameters; it answers one row of a snapshot, or none where no order is known.

    Raises:
        CallerError: the day is one that no book can hold.
    """
    (day,) = day_table([as_of]).to_pylist()
    return _statement(), {**day, "buyer_id": buyer_id, "end": end_of(as_of)}


def unrated_statement(buyer_id: str, as_of: date) -> tuple[str, dict[str, Any]]:
    """Give the statement that finds an amount of the buyer without a rate: order, currency and day, or no row.

    Ask it first, for the features leave such amounts out.
    """
    inputs = ", ".join(f"{name} AS ({_INPUTS[name]})" for name in ("orders", "payments", "claims"))
    return f"WITH {inputs} {_render('unrated')}", {"buyer_id": buyer_id, "end": end_of(as_of)}


@cache
def _statement() -> str:
    parts = _INPUTS | {step.name: _render(step.name) for step in STEPS} | _totals()
    named = ", ".join(f"{name} AS ({text})" for name, text in parts.items())
    closing = f"SELECT * FROM ({closing_select()}) AS snapshot WHERE buyer_id = %(buyer_id)s"
    return f"WITH {named} {closing}"


@cache
def _render(step: str) -> str:
    """Render a step, with the rates read from their own schema: narrowing them would copy them."""
    tree = sqlglot.parse_one(render(step, "postgres"), read="postgres")
    for table in tree.find_all(exp.Table):
        if table.name == "usd_rates":
            table.set("db", exp.to_identifier("peers"))
    return tree.sql("postgres").replace("%", "%%")  # a percent sign alone would open a parameter


def _totals() -> dict[str, str]:
    """Give the totals' steps: the recorded total, less the buyer's part in it, and its part as it is now."""
    return {
        "exporter_record": _exchange(
            "exporter_record", "exporter_id", "pair_days", "old.exporter_id = now.exporter_id"
        ),
        "country_record": _exchange("country_record", "country", "buyer_record", "old.country = now.country"),
        "book_record": _exchange("book_record", None, "buyer_record", "TRUE"),
    }


def _exchange(total: str, key: str | None, part: str, same: str) -> str:
    figures = [name for name in RECORDS[total] if name not in {"day", key}]
    sums = ", ".join(f"COALESCE(t.{name}, 0) - COALESCE(old.{name}, 0) + now.{name} AS {name}" for name in figures)
    keys = "now.day" if key is None else f"now.day, now.{key}"
    found = "TRUE" if key is None else f"t.{key} = now.{key}"
    return f"""
        SELECT {keys}, {sums} FROM {part} AS now CROSS JOIN recorded
        LEFT JOIN peers.{total} AS t ON t.day = recorded.day AND {found}
        LEFT JOIN peers.{part} AS old ON old.day = recorded.day AND old.buyer_id = now.buyer_id AND {same}
        WHERE now.buyer_id = %(buyer_id)s
    """
