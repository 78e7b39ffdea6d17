"""What an import did, table by table, so that it adds up: read = accepted + duplicates + rejected."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from features.book.tables import TABLES, Table
from features.importing.checks import ABOUT_ORDERS, accepted, clean
from features.importing.files import OutsideFile
from features.importing.stage import stage


@dataclass(frozen=True, slots=True)
class TableSummary:
    """One canonical table's rows.

    Attributes:
        read: rows that the mapping takes for the table.
        left_out: rows of its files that the mapping does not take (`when`, `ignore`); not among those read.
        reasons: rejected rows by reason; a row with several faults is under each, and once in `rejected`.
    """

    read: int
    accepted: int
    duplicates: int
    rejected: int
    left_out: int
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class FileSummary:
    """One outside file: its digest, how it was read, and its rows (blank ones do not count)."""

    file: str
    sha256: str
    source: str
    format: str
    encoding: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole import."""

    book: str
    mapping: str
    mapping_sha256: str
    files: list[FileSummary]
    tables: dict[str, TableSummary]
    notes: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The summary as JSON has it."""
        return asdict(self)

    def write(self, path: Path) -> None:
        """Write the summary as JSON."""
        path.write_text(json.dumps(self.as_dict(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def table_summary(connection: duckdb.DuckDBPyConnection, table: Table, offered: int) -> TableSummary:
    """Count a table's rows; `offered` is the number of rows in its files, once for every feed that reads them."""
    read = _count(connection, f"SELECT count(*) FROM {stage(table)}")
    mine = f"FROM rejects WHERE tbl = '{table.name}'"
    reasons = connection.execute(
        f"SELECT reason, count(DISTINCT (feed, file, line)) {mine} GROUP BY reason ORDER BY reason"
    ).fetchall()
    return TableSummary(
        read=read,
        accepted=_count(connection, f"SELECT count(*) FROM {accepted(table)}"),
        duplicates=_count(connection, f"SELECT count(*) FROM repeats WHERE tbl = '{table.name}'"),
        rejected=_count(connection, f"SELECT count(DISTINCT (feed, file, line)) {mine}"),
        left_out=offered - read,
        reasons=dict(reasons),
    )


def file_summary(connection: duckdb.DuckDBPyConnection, file: OutsideFile, raw_table: str) -> FileSummary:
    """Count a file's rows."""
    rows = _count(connection, f"SELECT count(*) FROM {raw_table}")
    encoding = file.encoding if file.format == "csv" else None
    return FileSummary(str(file.path), file.sha256, file.source_name, file.format, encoding, rows)


def notes(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> list[str]:
    """Tell what is not wrong with the import but may mislead who uses its book."""
    told = []
    for table in tables:
        if not _count(connection, f"SELECT count(*) FROM {clean(table)}"):
            told.append(f"no row of {table.name} was accepted")
        if table.name not in ABOUT_ORDERS:
            continue
        bereft = _count(
            connection,
            f"SELECT count(DISTINCT order_id) FROM {stage(table)} SEMI JOIN {clean(TABLES['orders'])} USING (order_id) "
            f"SEMI JOIN (SELECT feed, file, line FROM rejects WHERE tbl = '{table.name}') USING (feed, file, line)",
        )
        if bereft:
            told.append(
                f"{bereft} accepted orders lost rows of {table.name} to the rejects and look as if they had none"
            )
    return told


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])
