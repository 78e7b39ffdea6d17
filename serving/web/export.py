"""The console's tables as files: the words of its language, dollars for cents, and real numbers and days."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from fastapi import Request, Response

from models.reasons import Language
from serving.spreadsheets import FileKind, spreadsheet
from serving.web.formats import YIWU, Formats
from serving.web.languages import language_of_page, translations
from serving.web.tables import Column, Table, holds, ordered, view
from serving.web.words import word

_KINDS: dict[str, FileKind] = {"csv": "csv", "xlsx": "xlsx"}
_NUMBER_FORMATS = {"usd": "#,##0.00", "share": "0.00%", "day": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm"}


def export(request: Request, tables: Sequence[Table]) -> Response | None:
    """Answer with the table whose export the address asks for, all its pages; None where it asks for none."""
    for table in tables:
        kind = _KINDS.get(request.query_params.get(f"{table.name}_export", ""))
        if kind is not None:
            return _file(request, table, kind)
    return None


def _file(request: Request, table: Table, kind: FileKind) -> Response:
    language = language_of_page(request)
    seen = view(table, request.query_params, Formats(language).cell)
    rows = ordered([row for row in table.rows if holds(table, row, seen.search, Formats(language).cell)], seen.sort)
    return spreadsheet(
        f"bolanggu-{table.name}",
        kind,
        [translations(language).gettext(column.title) for column in table.columns],
        [[_typed(column, row[column.key], language) for column in table.columns] for row in rows],
        [_NUMBER_FORMATS.get(column.kind) for column in table.columns],
    )


def _typed(column: Column, value: Any, language: Language) -> Any:  # noqa: ANN401 - a cell
    """Give a value as a spreadsheet takes it: dollars for cents, words in the language, instants in China's time."""
    if value is None:
        return None
    if column.kind == "usd":
        return Decimal(value).scaleb(-2)
    if column.kind == "money":
        return str(value)
    if column.kind == "word":
        return word(value, language)
    if isinstance(value, datetime):
        return value.astimezone(YIWU).replace(tzinfo=None)
    return value
