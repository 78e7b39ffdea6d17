"""Outside files into DuckDB: every value as text, every row with its line."""

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import python_calamine

from features.errors import FileError, MappingError
from features.importing.csv_reader import read_head, read_rows
from features.importing.files import OutsideFile
from features.importing.rules import Mapping
from features.importing.steps import literal, quoted
from features.importing.texts import told_apart

_XLSX_BATCH = 20_000

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Raw:
    """A file's rows in DuckDB: a table of `line`, `ragged` and text columns, by their outside names in `columns`."""

    table: str
    file: OutsideFile
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One file being read into a table: where to, what the mapping asks of it, and whom to tell how far it is."""

    connection: duckdb.DuckDBPyConnection
    mapping: Mapping
    file: OutsideFile
    table: str
    tell: Tell = lambda _: None


def load_raw(reading: Reading) -> Raw:
    """Load the columns of a file that the mapping asks for into a table.

    Raises:
        FileError: the file is not what its format says, or has no rows.
        MappingError: the mapping names a column that the file has not.
    """
    read = {"csv": _read_csv, "xlsx": _read_xlsx, "parquet": _read_parquet}[reading.file.format]
    columns = read(reading)
    if not reading.connection.execute(f"SELECT 1 FROM {reading.table} LIMIT 1").fetchall():
        raise FileError("file", reading.file.path, "has no rows below its header", "give a file with rows")
    return Raw(reading.table, reading.file, columns)


def _read_csv(reading: Reading) -> dict[str, str]:
    file = reading.file
    head = read_head(file, list(reading.mapping.needed(file.source_name)))
    keep = _kept(reading, head.names)
    _materialize(reading, keep, read_rows(file, replace(head, names=told_apart(head.names)), keep))
    return keep


def _read_xlsx(reading: Reading) -> dict[str, str]:
    file = reading.file
    try:
        rows = _sheet(file).iter_rows()
    except (python_calamine.CalamineError, OSError) as error:
        remedy = "give an XLSX file, or say format: csv"
        raise FileError("file", file.path, f"cannot be read as a workbook ({error})", remedy) from error
    above = file.source.skip_lines
    names = file.source.header or []
    numbered = ((line, row) for line, row in enumerate(rows, start=1) if line > above and any(v != "" for v in row))
    if not names:
        names = [_written(value).strip() for value in next(numbered, (0, []))[1]]
    keep = _kept(reading, names)
    _materialize(reading, keep, _sheet_batches(numbered, told_apart(names), keep))
    return keep


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


def _written(value: object) -> str:
    """Write a cell as text: numbers plainly and without a needless point, days and times as ISO has them."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            # A workbook shows 15 digits; what a formula leaves beyond them is noise of binary fractions.
            return f"{Decimal(f'{value:.15g}'):f}"
        case datetime() if value.time() == time.min:
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
    return str(value)


def _read_parquet(reading: Reading) -> dict[str, str]:
    relation = f"read_parquet({literal(str(reading.file.path))}, file_row_number = true)"
    try:
        described = f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {relation})"
        kinds = dict(reading.connection.execute(described).fetchall())
        keep = _kept(reading, [name for name in kinds if name != "file_row_number"])
        columns = "".join(f", {_text(name, kinds[name])} AS {ours}" for name, ours in keep.items())
        reading.connection.execute(
            f"CREATE TABLE {reading.table} AS "
            f"SELECT file_row_number + 1 AS line, CAST(NULL AS VARCHAR) AS ragged{columns} FROM {relation}"
        )
    except duckdb.Error as error:
        cause = f"cannot be read as Parquet ({str(error).splitlines()[0]})"
        raise FileError("file", reading.file.path, cause, "give a Parquet file, or name its format:") from error
    return keep


def _text(name: str, kind: str) -> str:
    """Write a Parquet column as text: a midnight without a zone is a day, since pandas has no other way to keep one."""
    text = f"CAST({quoted(name)} AS VARCHAR)"
    if kind.startswith("TIMESTAMP") and not kind.endswith("WITH TIME ZONE"):
        return f"CASE WHEN {text} LIKE '% 00:00:00' THEN left({text}, -9) ELSE {text} END"
    return text


def _kept(reading: Reading, names: list[str]) -> dict[str, str]:
    """Give the file's columns that are read the names they get in DuckDB."""
    file, mapping = reading.file, reading.mapping
    needed = mapping.needed(file.source_name)
    for name, key in needed.items():
        if names.count(name) == 1:
            continue
        if name in names:
            raise MappingError(
                f"mapping key {key}, column", name, f"comes twice in {file.path}", "rename one of them in the file"
            )
        close = difflib.get_close_matches(name, names, 1, 0.5)
        remedy = f"did you mean {close[0]}?" if close else f"it has {', '.join(filter(None, names))}"
        raise MappingError(f"mapping key {key}, column", name, f"is not in {file.path}", remedy)
    wanted = told_apart(names) if mapping.hashes_all(file.source_name) else needed
    return {name: f"c{number}" for number, name in enumerate(wanted)}


def _materialize(reading: Reading, keep: dict[str, str], batches: Iterator[pa.RecordBatch]) -> None:
    """Insert batch by batch, so that a fault met while reading comes out as it is and not as DuckDB's."""
    columns = "".join(f", {name} VARCHAR" for name in keep.values())
    reading.connection.execute(f"CREATE TABLE {reading.table} (line BIGINT, ragged VARCHAR{columns})")
    rows = 0
    for batch in batches:
        reading.connection.register("incoming", pa.Table.from_batches([batch]))
        reading.connection.execute(f"INSERT INTO {reading.table} FROM incoming")
        reading.connection.unregister("incoming")
        rows += batch.num_rows
        reading.tell(f"reading {reading.file.path.name}: {rows:,} rows")
