"""A snapshot of a book folder on the embedded engine, DuckDB."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from features.book.folder import connect, open_book
from features.book.tables import TABLES
from features.catalogue import CATALOGUE
from features.errors import BookError
from features.rates import usd_rates
from features.snapshot.days import day_table, end_of
from features.snapshot.steps import STEPS, closing_select, render

_ARROW = {"integer": pa.int64(), "real": pa.float64()}
SCHEMA = pa.schema(
    [pa.field("buyer_id", pa.string(), nullable=False), pa.field("as_of", pa.date32(), nullable=False)]
    + [pa.field(feature.name, _ARROW[feature.kind]) for feature in CATALOGUE]
)


def snapshot(book: Path, days: Sequence[date]) -> pa.Table:
    """Compute every buyer's features as known at the end (UTC) of each day.

    Args:
        book: a folder of canonical tables in Parquet.
        days: the days to look from, in any order.

    Returns:
        A table of `SCHEMA`: one row for each buyer that has an order known by the end of the day, by day and buyer.

    Raises:
        BookError: the folder is no book, or holds a currency without a rate on the order's day.
        CallerError: there is no day, or one that no book can hold.
    """
    wanted = day_table(days)
    with connect() as connection:
        open_book(book, connection)
        _hide_the_future(connection, max(days))
        connection.register("days", wanted)
        connection.register("usd_rates", _rates(connection))
        _refuse_unrated(connection)
        for step in STEPS:
            connection.execute(f"CREATE TEMP TABLE {step} AS {render(step, 'duckdb')}")
        return connection.sql(closing_select()).to_arrow_table().cast(SCHEMA)


def _hide_the_future(connection: duckdb.DuckDBPyConnection, last: date) -> None:
    """Put views in front of the book's that know nothing recorded after the last day."""
    for name in TABLES:
        connection.execute(
            f"CREATE TEMP VIEW {name} AS SELECT * FROM memory.main.{name} "
            f"WHERE recorded_at < TIMESTAMPTZ '{end_of(last).isoformat()}'"
        )


def _rates(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Tabulate the rates that the book's orders and payments need, on the orders' days."""
    span = connection.execute("SELECT min(ordered_on), max(ordered_on) FROM orders").fetchone()
    codes = connection.execute("SELECT currency FROM orders UNION SELECT currency FROM payments").fetchall()
    if span is None or span[0] is None:
        return usd_rates([], date.min, date.min)
    return usd_rates([code for (code,) in codes], *span)


def _refuse_unrated(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse amounts that cannot be told in USD rather than leave them out."""
    found = connection.execute("""
        SELECT o.order_id, m.currency, o.ordered_on
        FROM orders AS o
        JOIN (SELECT order_id, currency FROM orders UNION SELECT order_id, currency FROM payments) AS m USING (order_id)
        ANTI JOIN usd_rates AS r ON r.currency = m.currency AND r.day = o.ordered_on
        ORDER BY ALL LIMIT 1
    """).fetchone()
    if found is not None:
        order_id, currency, day = found
        raise BookError(
            "order", order_id, f"{currency} has no ECB rate on {day}", "state its amounts in a quoted currency"
        )
