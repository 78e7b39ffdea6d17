"""A book folder into PostgreSQL: by COPY, in one transaction, and again without harm."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
from psycopg import sql
from pyarrow import csv

from features.book.folder import check_values, connect, open_book
from features.book.tables import TABLES, Table
from features.errors import BookError
from features.money import USD
from features.rates import usd_rates
from serving.database.queries import query

BATCH_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows of a table came in, and how many were there already."""

    table: str
    added: int
    there_already: int


def load_book(folder: Path, connection: psycopg.Connection[Any]) -> list[Loaded]:
    """Load every table of a book, all or nothing; what the ledger keeps of the book is brought up to date with it.

    Raises:
        BookError: the folder is no book, or the database holds another content under the same key and `recorded_at`.
    """
    with connect() as book, connection.transaction():
        open_book(folder, book)
        check_values(book)
        loaded = [_load(table, book, connection) for table in TABLES.values()]
        for name in TABLES:
            _analyse(connection, sql.Identifier("book", name))
        refresh(connection)
    return loaded


def refresh(connection: psycopg.Connection[Any]) -> None:
    """Bring the ledger's directory, relations and largest paid orders up to date with the book."""
    connection.execute(query("refresh_directory"))
    connection.execute(query("refresh_relations"))
    tabulate_rates(connection)
    connection.execute(query("refresh_largest_paid"))


def tabulate_rates(connection: psycopg.Connection[Any]) -> None:
    """Put the reference rates of the days of the book's orders into a table that lasts as long as the transaction."""
    used = connection.execute(query("order_days")).fetchall()
    connection.execute(query("rates_table"))
    for currency, first, last in used:
        if currency != USD:
            copy_batches(
                connection, sql.Identifier("used_rates"), iter(usd_rates([currency], first, last).to_batches())
            )
    _analyse(connection, sql.Identifier("used_rates"))


def _analyse(connection: psycopg.Connection[Any], table: sql.Identifier) -> None:
    """Count what was just loaded: on a table taken for empty, joins are planned row by row and take minutes."""
    connection.execute(sql.SQL("ANALYZE {}").format(table))


def _load(table: Table, book: duckdb.DuckDBPyConnection, connection: psycopg.Connection[Any]) -> Loaded:
    home, coming = sql.Identifier("book", table.name), sql.Identifier(f"coming_{table.name}")
    connection.execute(sql.SQL("CREATE TEMP TABLE {} (LIKE {}) ON COMMIT DROP").format(coming, home))
    reader = book.sql(f"SELECT {', '.join(table.columns)} FROM {table.name}").to_arrow_reader(BATCH_ROWS)
    rows = copy_batches(connection, coming, iter(reader))
    if not table.names:
        _refuse_other_content(table, connection, home, coming)
    added = connection.execute(
        sql.SQL("INSERT INTO {} SELECT * FROM {} ON CONFLICT DO NOTHING").format(home, coming)
    ).rowcount
    return Loaded(table.name, added, rows - added)


def copy_batches(connection: psycopg.Connection[Any], target: sql.Identifier, batches: Iterator[pa.RecordBatch]) -> int:
    """Copy Arrow batches into a table, column for column; give how many rows."""
    rows = 0
    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(target)) as copy:
        for batch in batches:
            text = BytesIO()
            csv.write_csv(batch, text, csv.WriteOptions(include_header=False))
            copy.write(text.getbuffer())
            rows += batch.num_rows
    return rows


def _refuse_other_content(
    table: Table, connection: psycopg.Connection[Any], home: sql.Identifier, coming: sql.Identifier
) -> None:
    key = sql.SQL(", ").join(map(sql.Identifier, (*table.key, "recorded_at")))
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    statement = sql.SQL(
        "SELECT concat_ws(', ', {key}) FROM ("
        " SELECT {columns} FROM {coming} EXCEPT SELECT {columns} FROM {home}) other"
        " JOIN {home} USING ({key}) ORDER BY 1 LIMIT 1"
    ).format(key=key, columns=columns, coming=coming, home=home)
    clash = connection.execute(statement).fetchone()
    if clash is not None:
        cause = "stands in the database with another content under the same recorded_at"
        raise BookError(table.name, clash[0], cause, "record the change as a later version")
