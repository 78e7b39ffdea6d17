"""Tables as files: CSV with a byte-order mark, so that Excel shows Chinese, and XLSX with real numbers and days."""

import csv
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter
from fastapi import Request, Response

from models.reasons import Language
from serving.web.formats import YIWU, Formats
from serving.web.languages import language_of_page, translations
from serving.web.tables import Column, Row, Table, holds, ordered, view
from serving.web.words import word

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export(request: Request, tables: Sequence[Table]) -> Response | None:
    """Answer with the table whose export the address asks for, all its pages; None where it asks for none."""
    for table in tables:
        form = request.query_params.get(f"{table.name}_export")
        if form in ("csv", "xlsx"):
            return _file(request, table, form)
    return None


def _file(request: Request, table: Table, form: str) -> Response:
    language = language_of_page(request)
    seen = view(table, request.query_params, Formats(language).cell)
    rows = ordered([row for row in table.rows if holds(table, row, seen.search, Formats(language).cell)], seen.sort)
    titles = [translations(language).gettext(column.title) for column in table.columns]
    body = (_csv if form == "csv" else _xlsx)(table.columns, titles, rows, language)
    kind = "text/csv; charset=utf-8" if form == "csv" else _XLSX
    name = f"bolanggu-{table.name}.{form}"
    return Response(body, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _csv(columns: Sequence[Column], titles: list[str], rows: Sequence[Row], language: Language) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(titles)
    writer.writerows([_plain(column, row[column.key], language) for column in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(columns: Sequence[Column], titles: list[str], rows: Sequence[Row], language: Language) -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        formats = {
            "usd": book.add_format({"num_format": "#,##0.00"}),
            "share": book.add_format({"num_format": "0.00%"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        sheet.write_row(0, 0, titles, book.add_format({"bold": True}))
        for line, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                sheet.write(line, place, _typed(column, row[column.key], language), formats.get(column.kind))
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return file.getvalue()


def _plain(column: Column, value: Any, language: Language) -> str:  # noqa: ANN401 - a cell
    typed = _typed(column, value, language)
    if isinstance(typed, str) and typed[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{typed}"  # a spreadsheet would run it
    return "" if typed is None else str(typed)


def _typed(column: Column, value: Any, language: Language) -> Any:  # noqa: ANN401 - a cell
    """Give a value as a spreadsheet takes it: dollars for cents, words in the language, instants in China's time."""
    if value is None:
        return None
    if column.kind == "usd":
        return Decimal(value).scaleb(-2)
    if column.kind == "word":
        return word(value, language)
    if isinstance(value, datetime):
        return value.astimezone(YIWU).replace(tzinfo=None)
    return value
