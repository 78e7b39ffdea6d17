import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest

from serving.spreadsheets import spreadsheet

TITLES = ["name", "amount", "day"]
ROWS: list[list[object]] = [["=1+1", Decimal("12.30"), date(2026, 11, 23)], ["http://a.example", None, None]]


def test_csv_opens_in_a_spreadsheet_and_runs_nothing():
    answer = spreadsheet("list", "csv", TITLES, ROWS)
    assert answer.headers["content-disposition"] == 'attachment; filename="list.csv"'
    text = bytes(answer.body).decode("utf-8-sig")
    assert bytes(answer.body).startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(StringIO(text))) == [TITLES, ["'=1+1", "12.30", "2026-11-23"], ["http://a.example", "", ""]]


@pytest.mark.parametrize("number_formats", [(), (None, "#,##0.00", "yyyy-mm-dd")])
def test_xlsx_keeps_numbers_and_days_and_makes_no_formula_or_link(number_formats):
    answer = spreadsheet("list", "xlsx", TITLES, ROWS, number_formats)
    sheet = openpyxl.load_workbook(BytesIO(bytes(answer.body))).worksheets[0]
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert found[0] == TITLES
    assert (found[1][0], sheet["A2"].data_type, found[1][1]) == ("=1+1", "s", 12.3)
    assert found[2] == ["http://a.example", None, None]
    assert sheet["A3"].hyperlink is None
