"""Tables as files for spreadsheets: CSV with a byte order mark, which Excel needs to see UTF-8, and XLSX.

Text stays text: no formula and no link is made of what somebody sent.
"""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any, Literal

from fastapi import Response
from xlsxwriter import Workbook

FileKind = Literal["csv", "xlsx"]
Cells = Iterable[Sequence[Any]]

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def spreadsheet(
    name: str, kind: FileKind, titles: Sequence[str], rows: Cells, number_formats: Sequence[str | None] = ()
) -> Response:
    """Answer with rows as a file.

    Args:
        name: of the file, without its ending.
        kind: which of both.
        titles: of the columns.
        rows: cells in the columns' order; None is an empty cell.
        number_formats: how XLSX is to show each column, in its own notation; as it likes where none is given.
    """
    if kind == "csv":
        body, media_type = _csv(titles, rows), CSV_TYPE
    else:
        body, media_type = _xlsx(titles, rows, number_formats or [None] * len(titles)), XLSX_TYPE
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(body, media_type=media_type, headers=headers)


def _csv(titles: Sequence[str], rows: Cells) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(titles)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> object:
    """Keep a spreadsheet from taking text, which anybody may have sent, for a formula."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{cell}"
    return cell


def _xlsx(titles: Sequence[str], rows: Cells, number_formats: Sequence[str | None]) -> bytes:
    file = BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        shown = [each and book.add_format({"num_format": each}) for each in number_formats]
        sheet.write_row(0, 0, titles, book.add_format({"bold": True}))
        for line, row in enumerate(rows, start=1):
            for place, (cell, shape) in enumerate(zip(row, shown, strict=True)):
                sheet.write(line, place, cell, shape)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return file.getvalue()
