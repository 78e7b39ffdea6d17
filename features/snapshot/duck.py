"""A snapshot of a book folder on the embedded engine, DuckDB."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from features.book.folder import connect, open_book
from features.book.rates import CURRENCIES, SPAN, no_rate, rates_for
from features.book.tables import TABLES
from features.snapshot.days import day_table, end_of
from features.snapshot.steps import RECORDED, SCHEMA, STEPS, Tell, closing, render, silent, spent


def snapshot(book: Path, days: Sequence[date], memory_gib: float | None = None, tell: Tell = silent) -> pa.Table:
    """Compute every buyer's features as known at the end (UTC) of each day.

    Args:
        book: a folder of canonical tables in Parquet.
        days: the days to look from, in any order.
        memory_gib: beyond this the engine spills to disk; its own default where None.
        tell: hears which step is being taken.

    Returns:
        A table of `SCHEMA`: one row for each buyer that has an order known by the end of the day, by day and buyer.

    Raises:
        BookError: the folder is no book, or holds a currency without a rate on the order's day.
        CallerError: there is no day, or one that no book can hold.
    """
    with _opened(book, days, memory_gib) as connection:
        _take(connection, tell)
        tell("snapshot")
        return connection.sql(closing("duckdb")).to_arrow_table().cast(SCHEMA)


def records(book: Path, day: date) -> dict[str, pa.Table]:
    """Compute what one buyer's statement needs to know of other buyers, as known at the end of a day.

    Returns:
        The tables of `RECORDED` by name.

    Raises:
        BookError: the folder is no book, or holds a currency without a rate on the order's day.
    """
    with _opened(book, [day]) as connection:
        _take(connection)
        return {name: connection.sql(render(f"recorded/{name}", "duckdb")).to_arrow_table() for name in RECORDED}


@contextmanager
def _opened(book: Path, days: Sequence[date], memory_gib: float | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection that holds all that the steps start from."""
    wanted = day_table(days)
    with connect(memory_gib) as connection:
        # Nobody reads the steps' rows in order, and the days that they are joined with are few.
        connection.execute("SET preserve_insertion_order = false; SET nested_loop_join_threshold = 64")
        open_book(book, connection)
        _hide_the_future(connection, max(days))
        connection.register("days", wanted)
        _register_rates(connection)
        yield connection


def _take(connection: duckdb.DuckDBPyConnection, tell: Tell = silent) -> None:
    """Take the steps, and let go of each as soon as nothing reads it: the next ones find its memory at hand."""
    for step in STEPS:
        tell(step.name)
        kind = "TABLE" if step.kept else "VIEW"
        connection.execute(f"CREATE TEMP {kind} {step.name} AS {render(step.name, 'duckdb')}")
        for name in sorted(spent().get(step.name, ())):
            connection.execute(f"DROP TABLE {name}")


def _hide_the_future(connection: duckdb.DuckDBPyConnection, last: date) -> None:
    """Put views in front of the book's that know nothing recorded after the last day."""
    for name in TABLES:
        connection.execute(
            f"CREATE TEMP VIEW {name} AS SELECT * FROM memory.main.{name} "
            f"WHERE recorded_at < TIMESTAMPTZ '{end_of(last).isoformat()}'"
        )


def _register_rates(connection: duckdb.DuckDBPyConnection) -> None:
    codes = [code for (code,) in connection.execute(CURRENCIES).fetchall()]
    ((first, last),) = connection.execute(SPAN).fetchall()
    rates = rates_for(codes, first, last)
    connection.register("usd_rates", rates.table)
    if not rates.gapless and (unrated := connection.execute(render("unrated", "duckdb")).fetchone()) is not None:
        raise no_rate(*unrated)
