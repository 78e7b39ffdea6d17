"""An import from beginning to end: mapping and outside files in, a book with its rejects and summary out."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import duckdb

from features.book.folder import connect
from features.book.tables import ORDERS, TABLES, Table
from features.errors import FileError
from features.importing import mapping as mappings
from features.importing.checks import ABOUT_ORDERS, check_rows
from features.importing.constants import check_constants
from features.importing.files import OutsideFile, assign
from features.importing.output import check_goal, put_in_place, workspace, write_rejects, write_table
from features.importing.readers import Reading, Tell, load_raw
from features.importing.rules import Mapping
from features.importing.stage import create_stage, fill_stage
from features.importing.summary import FileSummary, Summary, TableSummary, file_summary, notes, table_summary

MEMORY_GIB = 3.0
"""DuckDB's share of memory; beyond it, it goes to disk beside the book."""


def import_files(
    mapping_file: Path, files: Sequence[Path], out: Path, *, replace: bool = False, tell: Tell = lambda _: None
) -> Summary:
    """Import outside files into a book.

    Args:
        mapping_file: the YAML that says which columns feed which tables.
        files: CSV, XLSX or Parquet; each is taken by the one source whose pattern its name fits.
        out: the book's folder, made whole or not at all.
        replace: whether a book that is there may be replaced.
        tell: is told what is being done, in a few words.

    Raises:
        FileError: a file or the goal is not as it should be.
        MappingError: the mapping cannot be done.
    """
    mapping = mappings.load(mapping_file)
    check_constants(connect(), mapping_file, mapping)
    check_goal(out, replace)
    tell("looking into the files")
    outside = assign(mapping, files)
    with workspace(out) as folder:
        connection = _connect(folder)
        try:
            summary = _run(connection, mapping, outside, folder, tell)
        finally:
            connection.close()
        digest = hashlib.sha256(mapping_file.read_bytes()).hexdigest()
        told = Summary(str(out), str(mapping_file), digest, *summary)
        told.write(folder / "book" / "import.json")
        put_in_place(folder / "book", out)
    return told


def _connect(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = connect(MEMORY_GIB)
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET temp_directory = ?", [str(folder / "spill")])
    connection.execute(f"ATTACH '{str(folder / 'work.duckdb').replace(chr(39), chr(39) * 2)}' AS work; USE work")
    return connection


def _run(
    connection: duckdb.DuckDBPyConnection, mapping: Mapping, files: Sequence[OutsideFile], folder: Path, tell: Tell
) -> tuple[list[FileSummary], dict[str, TableSummary], list[str]]:
    tables = _fed(mapping, files)
    for table in tables:
        create_stage(connection, table)
    read, offered = _stage(connection, mapping, files, tell)
    tell("holding the rows against one another")
    together = [number for number, file in enumerate(files) if file.source.together]
    check_rows(connection, tables, together)
    book = folder / "book"
    book.mkdir()
    for table in tables:
        tell(f"writing {table.name}")
        write_table(connection, table, book)
    write_rejects(connection, files, book)
    counts = {table.name: table_summary(connection, table, offered[table.name]) for table in tables}
    return read, counts, notes(connection, tables)


def _fed(mapping: Mapping, files: Sequence[OutsideFile]) -> list[Table]:
    """Tell which tables the files at hand feed, where some sources are optional."""
    present = {file.source_name for file in files}
    fed = {key.split(".")[1] for key, feed in mapping.feeds() if feed.source in present}
    orphans = sorted(fed & ABOUT_ORDERS.keys())
    if orphans and ORDERS.name not in fed:
        remedy = f"give a file for {' or '.join(feed.source for feed in mapping.tables[ORDERS.name])} too"
        raise FileError("files", None, f"feed {orphans[0]} but no orders", remedy)
    return [table for table in TABLES.values() if table.name in fed]


def _stage(
    connection: duckdb.DuckDBPyConnection, mapping: Mapping, files: Sequence[OutsideFile], tell: Tell
) -> tuple[list[FileSummary], dict[str, int]]:
    """Read every file and stage its rows for each table that it feeds; tell how many rows each table was offered."""
    read: list[FileSummary] = []
    offered = dict.fromkeys(mapping.tables, 0)
    for number, file in enumerate(files):
        tell(f"reading {file.path.name}")
        raw = load_raw(Reading(connection, mapping, file, f"raw_{number}", tell))
        read.append(file_summary(connection, file, raw.table))
        for order, (key, feed) in enumerate(mapping.feeds()):
            if feed.source == file.source_name:
                table: Table = TABLES[key.split(".")[1]]
                tell(f"reading {table.name} from {file.path.name}")
                fill_stage(connection, table, feed, raw, (order, number))
                offered[table.name] += read[-1].rows
        connection.execute(f"DROP TABLE {raw.table}")
    return read, offered
