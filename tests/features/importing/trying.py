"""Short ways to try an import, or one value of it."""

import csv
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from features.book.folder import connect
from features.book.tables import TABLES
from features.importing.cells import cell
from features.importing.rules import Rule, Source
from features.importing.run import import_files
from features.importing.steps import literal
from features.importing.summary import Summary
from features.importing.texts import Row

INVOICES = """
sources:
  invoices: {files: "*.csv"}
tables:
  orders:
    from: invoices
    columns:
      order_id: id
      exporter_id: {constant: E1}
      buyer_id: buyer
      ordered_on: day
      due_on: due
      amount_minor: amount
      currency: currency
      recorded_at: day
  payments:
    from: invoices
    when: [{column: paid, filled: true}]
    columns:
      payment_id: {column: id, prefix: "P-"}
      order_id: id
      paid_on: paid
      amount_minor: amount
      currency: currency
      recorded_at: {latest: [day, paid]}
"""
HEADER = "id,buyer,day,due,amount,currency,paid"
GOOD = "1,B1,2024-01-01,2024-02-01,100.50,USD,2024-01-20"


class Imported:
    """What an import left: its summary, its folder, and its rejects as dicts."""

    def __init__(self, summary: Summary, folder: Path) -> None:
        self.summary, self.folder = summary, folder
        with (folder / "rejects.csv").open(encoding="utf-8", newline="") as stream:
            self.rejects = list(csv.DictReader(stream))

    def rows(self, table: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = pq.read_table(self.folder / f"{table}.parquet").to_pylist()
        return rows

    def reasons(self, table: str) -> dict[str, int]:
        return self.summary.tables[table].reasons


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def imported(folder: Path, mapping: str, files: Mapping[str, str | bytes], out: str = "book") -> Imported:
    paths = [written(folder, name, text) for name, text in files.items()]
    goal = folder / out
    summary = import_files(written(folder, "mapping.yaml", textwrap.dedent(mapping)), paths, goal, replace=True)
    return Imported(summary, goal)


def lines(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def value_of(
    table: str, column: str, rule: dict[str, Any] | str, fields: dict[str, str], currency: str = "USD", **source: Any
) -> tuple[Any, str | None]:
    """Compile one rule and run it on one row of text; give the value and the reason of its fault."""
    row = Row({name: f"c{number}" for number, name in enumerate(fields)}, Source(**source))
    one = cell(TABLES[table].field(column), Rule.model_validate(rule), row, literal(currency))
    raw = ", ".join(f"{literal(text)} AS c{number}" for number, text in enumerate(fields.values())) or "1"
    # Instants as text: fetching them as such would need a time zone library.
    query = f"SELECT CAST({one.value} AS VARCHAR), {one.reason} FROM ({row.steps.over(f'SELECT {raw}')})"
    value, reason = _connection().execute(query).fetchall()[0]
    return value, reason


_OPEN: list[duckdb.DuckDBPyConnection] = []


def _connection() -> duckdb.DuckDBPyConnection:
    if not _OPEN:
        _OPEN.append(connect())
    return _OPEN[0]
