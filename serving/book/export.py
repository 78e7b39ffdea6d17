"""The book of record out of PostgreSQL, as a folder that `snapshot` and `train` take as it is."""

from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
from psycopg import sql
from pyarrow import csv

from features.book.tables import TABLES, Table
from features.errors import FileError
from features.files import replace_folder


def export_book(connection: psycopg.Connection[Any], folder: Path) -> dict[str, int]:
    """Write every canonical table, all as of one instant and all or nothing; give the rows of each.

    Raises:
        FileError: the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileError("folder", folder, "is there already and not empty", "name a new one")
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with connection.transaction(), replace_folder(folder) as fresh:
        return {table.name: _export(table, connection, fresh) for table in TABLES.values()}


def _export(table: Table, connection: psycopg.Connection[Any], folder: Path) -> int:
    spool = folder / f"{table.name}.csv"
    columns = sql.SQL(", ").join(map(_column, table.arrow))
    order = sql.SQL(", ").join(map(sql.Identifier, ("recorded_at", *table.columns)))
    statement = sql.SQL("COPY (SELECT {} FROM {} t ORDER BY {}) TO STDOUT (FORMAT csv, HEADER)").format(
        columns, sql.Identifier("book", table.name), order
    )
    with spool.open("wb") as file, connection.cursor().copy(statement) as copy:
        for block in copy:
            file.write(block)
    rows = _to_parquet(spool, table, folder)
    spool.unlink()
    return rows


def _column(field: Any) -> sql.Composable:  # noqa: ANN401 - pyarrow ships no types
    """Name a column; an instant is written as Arrow reads it."""
    name = sql.Identifier(field.name)
    if str(field.type).startswith("timestamp"):
        text = sql.SQL("to_char({} AT TIME ZONE 'UTC', {}) AS {}")
        return text.format(sql.Identifier("t", field.name), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"', name)
    return sql.Identifier("t", field.name)


def _to_parquet(spool: Path, table: Table, folder: Path) -> int:
    options = csv.ConvertOptions(
        column_types=table.arrow,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["t"],
        false_values=["f"],
    )
    # PostgreSQL writes text with line breaks as it is, inside quotes.
    parse = csv.ParseOptions(newlines_in_values=True)
    rows = 0
    with pq.ParquetWriter(folder / f"{table.name}.parquet", table.arrow, compression="zstd") as writer:
        for batch in csv.open_csv(spool, parse_options=parse, convert_options=options):
            writer.write_batch(batch.cast(table.arrow))
            rows += batch.num_rows
    return rows
