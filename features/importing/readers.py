"""Outside files into DuckDB: every value as text, every row with its line."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import duckdb
import pyarrow as pa
import python_calamine

from features.errors import FileError, MappingError
from features.importing.csv_reader import read_head, read_rows
from features.importing.files import OutsideFile
from features.importing.rules import Mapping
from features.importing.steps import literal, quoted

_XLSX_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Raw:
    """A file's rows in DuckDB: a table of `line`, `ragged` and text columns, by their outside names in `columns`."""

    table: str
    file: OutsideFile
    columns: dict[str, str]


def load_raw(connection: duckdb.DuckDBPyConnection, mapping: Mapping, file: OutsideFile, table: str) -> Raw:
    """Load the columns of a file that the mapping asks for into a table.

    Raises:
        FileError: the file is not what its format says, or has no rows.
        MappingError: the mapping names a column that the file has not.
    """
    read = {"csv": _read_csv, "xlsx": _read_xlsx, "parquet": _read_parquet}[file.format]
    raw = read(connection, mapping, file, table)
    if not connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall():
        raise FileError("file", file.path, "has no rows below its header", "give a file with rows")
    return raw


def _read_csv(connection: duckdb.DuckDBPyConnection, mapping: Mapping, file: OutsideFile, table: str) -> Raw:
    head = read_head(file, list(mapping.needed(file.source_name)))
    keep = _kept(mapping, file, head.names)
    _materialize(connection, table, keep, read_rows(file, head, keep))
    return Raw(table, file, keep)


def _read_xlsx(connection: duckdb.DuckDBPyConnection, mapping: Mapping, file: OutsideFile, table: str) -> Raw:
    try:
        rows = iter(_sheet(file).to_python(skip_empty_area=False))
    except (python_calamine.CalamineError, OSError) as error:
        remedy = "give an XLSX file, or say format: csv"
        raise FileError("file", file.path, f"cannot be read as a workbook ({error})", remedy) from error
    above = file.source.skip_lines
    names = file.source.header or []
    numbered = ((line, row) for line, row in enumerate(rows, start=1) if line > above and any(v != "" for v in row))
    if not names:
        names = [_written(value).strip() for value in next(numbered, (0, []))[1]]
    keep = _kept(mapping, file, names)
    _materialize(connection, table, keep, _sheet_batches(numbered, names, keep))
    return Raw(table, file, keep)


def _sheet(file: OutsideFile) -> python_calamine.CalamineSheet:
    book = python_calamine.CalamineWorkbook.from_path(file.path)
    name = file.source.sheet
    if name is None:
        return book.get_sheet_by_index(0)
    if name not in book.sheet_names:
        raise MappingError(
            f"sheet of {file.path}", name, "is not in the workbook", f"there are {', '.join(book.sheet_names)}"
        )
    return book.get_sheet_by_name(name)


def _sheet_batches(
    rows: Iterator[tuple[int, Sequence[Any]]], names: list[str], keep: dict[str, str]
) -> Iterator[pa.RecordBatch]:
    places = [names.index(name) for name in keep]
    while batch := [row for row, _ in zip(rows, range(_XLSX_BATCH), strict=False)]:
        columns = [
            pa.array([_written(row[place]) if place < len(row) else "" for _, row in batch], pa.string())
            for place in places
        ]
        yield pa.record_batch(
            [pa.array([line for line, _ in batch], pa.int64()), pa.nulls(len(batch), pa.string()), *columns],
            names=["line", "ragged", *keep.values()],
        )


def _written(value: Any) -> str:
    """Write a cell as text: whole numbers without a point, days and times as ISO has them."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time.min:
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
    return str(value)


def _read_parquet(connection: duckdb.DuckDBPyConnection, mapping: Mapping, file: OutsideFile, table: str) -> Raw:
    relation = f"read_parquet({literal(str(file.path))}, file_row_number = true)"
    try:
        described = connection.execute(f"SELECT column_name FROM (DESCRIBE SELECT * FROM {relation})").fetchall()
        names = [name for (name,) in described if name != "file_row_number"]
        keep = _kept(mapping, file, names)
        columns = "".join(f", CAST({quoted(name)} AS VARCHAR) AS {ours}" for name, ours in keep.items())
        connection.execute(
            f"CREATE TABLE {table} AS SELECT file_row_number + 1 AS line, NULL::VARCHAR AS ragged{columns} FROM {relation}"
        )
    except duckdb.Error as error:
        cause = f"cannot be read as Parquet ({str(error).splitlines()[0]})"
        raise FileError("file", file.path, cause, "give a Parquet file, or say format: in its source") from error
    return Raw(table, file, keep)


def _kept(mapping: Mapping, file: OutsideFile, names: list[str]) -> dict[str, str]:
    """Give the file's columns that are read the names they get in DuckDB."""
    needed = mapping.needed(file.source_name)
    for name, key in needed.items():
        if names.count(name) == 1:
            continue
        if name in names:
            raise MappingError(f"{key}: column", name, f"comes twice in {file.path}", "rename one of them in the file")
        close = difflib.get_close_matches(name, names, 1, 0.5)
        remedy = f"did you mean {close[0]}?" if close else f"it has {', '.join(filter(None, names))}"
        raise MappingError(f"{key}: column", name, f"is not in {file.path}", remedy)
    wanted = filter(None, names) if mapping.hashes_all(file.source_name) else needed
    return {name: f"c{number}" for number, name in enumerate(dict.fromkeys(wanted))}


def _materialize(
    connection: duckdb.DuckDBPyConnection, table: str, keep: dict[str, str], batches: Iterator[pa.RecordBatch]
) -> None:
    columns = "".join(f", {name} VARCHAR" for name in keep.values())
    connection.execute(f"CREATE TABLE {table} (line BIGINT, ragged VARCHAR{columns})")
    schema = pa.schema(
        [("line", pa.int64()), ("ragged", pa.string()), *((name, pa.string()) for name in keep.values())]
    )
    connection.register("incoming", pa.RecordBatchReader.from_batches(schema, batches))
    try:
        connection.execute(f"INSERT INTO {table} FROM incoming")
    finally:
        connection.unregister("incoming")
