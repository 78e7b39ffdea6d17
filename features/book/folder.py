"""A book as a folder: one Parquet file (or folder of Parquet files) for each canonical table.

A reader meets every canonical table and column: an optional one that the folder lacks is there, typed and empty.
"""

import os
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from features.book.tables import TABLES, Field, Table
from features.errors import BookError


def connect(memory_gib: float | None = None, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB that thinks in UTC, fetches and prints nothing, and spills among temporary files."""
    connection = duckdb.connect()
    # After two seconds of a query it would draw on standard output, amid what `--json` prints there.
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET TimeZone = 'UTC'; SET autoinstall_known_extensions = false")
    # By default it would spill into the folder that the command happens to be run from.
    connection.execute("SET temp_directory = ?", [str(Path(tempfile.gettempdir()) / f"bolanggu-{os.getpid()}")])
    if memory_gib is not None:
        connection.execute(f"SET memory_limit = '{memory_gib}GiB'")
    if threads is not None:
        connection.execute(f"SET threads = {threads}")
    return connection


def open_book(folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Make a view of every canonical table of the book in the connection, types checked and cast.

    Raises:
        BookError: the folder is no book, lacks a required table or column, or a column has another type.
    """
    if not folder.is_dir():
        raise BookError("book", folder, "is not a folder", "name a folder written by `bolanggu import` or `simulate`")
    for table in TABLES.values():
        connection.execute(f"CREATE OR REPLACE VIEW {table.name} AS {_select(folder, table, connection)}")


def check_values(connection: duckdb.DuckDBPyConnection) -> None:
    """Check each value of an opened book, and that no key has two versions recorded at once.

    Raises:
        BookError: the first table and column at fault, with how many rows and one of the values.
    """
    for table in TABLES.values():
        for field in table.fields:
            _check_field(connection, table, field)
        if not table.names:
            _check_versions(connection, table)


def write_table(folder: Path, table: Table, rows: pa.Table) -> None:
    """Write one canonical table into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows.cast(table.arrow), folder / f"{table.name}.parquet", compression="zstd")


def files_of(folder: Path, name: str) -> list[Path]:
    """List the Parquet files of one table, whether it lies in one file or in a folder of parts."""
    single = folder / f"{name}.parquet"
    return [single] if single.is_file() else sorted((folder / name).glob("**/*.parquet"))


def _select(folder: Path, table: Table, connection: duckdb.DuckDBPyConnection) -> str:
    files = files_of(folder, table.name)
    if not files and table.required:
        raise BookError("book", folder, f"has no table {table.name}", f"add {table.name}.parquet")
    if not files:
        nothing = ", ".join(f"CAST(NULL AS {field.kind.duckdb}) AS {field.name}" for field in table.fields)
        return f"SELECT {nothing} WHERE false"
    source = "read_parquet([" + ", ".join(_quoted(file) for file in files) + "], union_by_name = true)"
    try:
        described = connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {source})")
        present = dict(described.fetchall())
    except duckdb.Error as error:
        cause = f"cannot be read as Parquet ({str(error).splitlines()[0]})"
        raise BookError("book table", files[0], cause, "write the table again") from error
    columns = ", ".join(_cast(field, present, files[0]) for field in table.fields)
    return f"SELECT {columns} FROM {source}"


def _quoted(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"


# What may become each of our types without a doubt; a number that only looks like a day may not.
_FROM = {
    "VARCHAR": ("VARCHAR", "ENUM", "UUID"),
    "DATE": ("DATE", "TIMESTAMP"),
    "TIMESTAMPTZ": ("TIMESTAMP", "DATE"),
    "BIGINT": ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT", "HUGEINT"),
    "TINYINT": ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT"),
    "BOOLEAN": ("BOOLEAN",),
}


def _cast(field: Field, present: dict[str, str], file: Path) -> str:
    ours = field.kind.duckdb
    theirs = present.get(field.name)
    if theirs is None:
        if field.required:
            raise BookError("book table", file, f"has no column {field.name}", f"add {field.name} ({field.kind.unit})")
        return f"CAST(NULL AS {ours}) AS {field.name}"
    # An all-empty column has Parquet's null type, which DuckDB reads as INTEGER or "NULL".
    empty = not field.required and theirs in {'"NULL"', "INTEGER"} and ours not in {"BIGINT", "TINYINT"}
    if not empty and not theirs.startswith(_FROM[ours]):
        raise BookError(
            f"book table {file}, column", field.name, f"is {theirs}, not {ours} ({field.kind.unit})", "convert it"
        )
    return f"CAST(NULL AS {ours}) AS {field.name}" if empty else f"CAST({field.name} AS {ours}) AS {field.name}"


def _check_field(connection: duckdb.DuckDBPyConnection, table: Table, field: Field) -> None:
    faults = [f"{field.name} IS NULL"] if field.required else []
    if field.kind.check is not None:
        faults.append(f"NOT ({field.kind.check.format(c=field.name)})")
    if not faults:
        return
    query = f"SELECT count(*), any_value({field.name})::VARCHAR FROM {table.name} WHERE {' OR '.join(faults)}"
    count, value = connection.execute(query).fetchall()[0]
    if count:
        cause = f"{count} rows have no value or break the rule for {field.kind.unit}"
        raise BookError(f"{table.name}.{field.name}", value, cause, "mend these rows or leave them out")


def _check_versions(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    key = ", ".join((*table.key, "recorded_at"))
    shown = ", ".join(f"{name}::VARCHAR" for name in (*table.key, "recorded_at"))
    query = f"SELECT {shown} FROM {table.name} GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1"
    twice = connection.execute(query).fetchall()
    if twice:
        values = ", ".join(twice[0])
        raise BookError(
            f"{table.name} ({key})", values, "is there more than once", "leave one version at each recorded_at"
        )
