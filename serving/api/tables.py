"""Lists as files for spreadsheets: CSV (with a byte order mark, which Excel needs to see UTF-8) and XLSX.

Chosen by `?format=csv|xlsx` or by `Accept`. A file holds the whole list up to a bound, not a page of it.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel
from xlsxwriter import Workbook

Format = Literal["json", "csv", "xlsx"]
Wanted = Annotated[Format | None, Query(alias="format", description="json, or a file: csv, xlsx; else by `Accept`")]

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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


def as_file(name: str, rows: Iterable[BaseModel], kind: Format) -> Response:
    """Write rows as a file, one column a plain field; what is nested stays out."""
    table = [_flat(row.model_dump(mode="json")) for row in rows]
    columns = list(dict.fromkeys(column for row in table for column in row))
    body, media_type = (_csv(columns, table), CSV_TYPE) if kind == "csv" else (_xlsx(columns, table), XLSX_TYPE)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(body, media_type=media_type, headers=headers)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not isinstance(value, dict | list)}


def _csv(columns: Sequence[str], table: Sequence[Mapping[str, Any]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_harmless(row.get(column)) for column in columns] for row in table)
    return text.getvalue().encode("utf-8-sig")


def _harmless(value: object) -> object:
    """Keep a spreadsheet from taking text, which anybody may have sent, for a formula."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def _xlsx(columns: Sequence[str], table: Sequence[Mapping[str, Any]]) -> bytes:
    file = BytesIO()
    # Text stays text: no formula, link or number is made of what somebody sent.
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns, workbook.add_format({"bold": True}))
        for number, row in enumerate(table, 1):
            sheet.write_row(number, 0, ["" if row.get(column) is None else row[column] for column in columns])
        sheet.autofit()
    return file.getvalue()
