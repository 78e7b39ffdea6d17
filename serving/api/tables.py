"""Lists as files for spreadsheets.

Chosen by `?format=csv|xlsx` or by `Accept`. A file holds the whole list up to a bound, not a page of it.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel

from serving.spreadsheets import CSV_TYPE, XLSX_TYPE, FileKind, spreadsheet

Format = Literal["json", "csv", "xlsx"]
Wanted = Annotated[Format | None, Query(alias="format", description="json, or a file: csv, xlsx; else by `Accept`")]

MOST_ROWS = 100_000

FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The list, or the whole of it as a file",
        "content": {
            CSV_TYPE: {"schema": {"type": "string"}},
            XLSX_TYPE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


def format_of(request: Request, wanted: Format | None) -> Format:
    """Tell which form a request asks for: by its parameter, else by `Accept`."""
    if wanted is not None:
        return wanted
    accepted = request.headers.get("accept", "")
    if accepted.startswith(CSV_TYPE):
        return "csv"
    return "xlsx" if accepted.startswith(XLSX_TYPE) else "json"


def as_file(name: str, rows: Iterable[BaseModel], kind: FileKind) -> Response:
    """Write rows as a file, one column a plain field; what is nested stays out."""
    table = [_flat(row.model_dump(mode="json")) for row in rows]
    columns = list(dict.fromkeys(column for row in table for column in row))
    return spreadsheet(name, kind, columns, [[row.get(column) for column in columns] for row in table])


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not isinstance(value, dict | list)}
