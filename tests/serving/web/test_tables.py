import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import openpyxl
import pytest
from starlette.datastructures import QueryParams
from starlette.requests import Request

from features.money import Money
from serving.web.export import export
from serving.web.formats import Formats
from serving.web.tables import Column, Table, view

COLUMNS = (
    Column("name", "Buyer"),
    Column("cents", "Limit", "usd"),
    Column("status", "Status", "word"),
    Column("day", "Due", "day"),
)
ROWS = [
    {"name": f"Buyer {n:02}", "cents": None if n == 3 else n * 100, "status": "approved", "day": date(2026, 1, 1 + n)}
    for n in range(30)
]


def _seen(asked: str, rows=ROWS, size=25):
    return view(Table("t", COLUMNS, rows, "name", size), QueryParams(asked), Formats("en").cell)


def test_rows_come_in_the_order_and_page_that_is_asked_for():
    assert [row["cents"] for row in _seen("t_sort=-cents").rows[:2]] == [2900, 2800]
    assert _seen("t_sort=-cents&t_page=2").rows[-1]["cents"] is None, "what is not known comes last"
    assert _seen("t_sort=cents&t_page=2").rows[-1]["cents"] is None
    assert (_seen("").pages, len(_seen("t_page=2").rows)) == (2, 5)


@pytest.mark.parametrize("asked", ["t_sort=nothing", "t_page=x", "t_page=99999999999", "t_page=-1", "t_sort=-"])
def test_what_a_table_does_not_have_is_left_out(asked):
    assert _seen(asked).rows


def test_a_search_looks_at_what_is_shown():
    assert [row["name"] for row in _seen("t_search=buyer+07").rows] == ["Buyer 07"]
    assert _seen("t_search=%2429").found == 1, "the amount as it is written"
    assert _seen("t_search=zzz").found == 0


def test_amounts_of_several_currencies_are_ordered_within_each_and_written_with_it():
    losses = [Money(90_000, "USD"), Money(1_000_000, "USD"), Money(5_000, "JPY"), None, Money(20_000, "USD")]
    table = Table("t", [Column("loss", "Loss", "money")], [{"loss": each} for each in losses])
    seen = view(table, QueryParams("t_sort=-loss"), Formats("en").cell)
    assert [row["loss"] and row["loss"].minor for row in seen.rows] == [1_000_000, 90_000, 20_000, 5_000, None]
    assert [Formats("en").cell(table.columns[0], each) for each in losses[:3]] == ["$900.00", "$10,000.00", "¥5,000"]
    assert seen.turned(Column("loss", "Loss", "money")) == "loss", "from the smallest, once the largest come first"


def test_addresses_keep_what_other_tables_ask():
    seen = _seen("t_sort=name&t_page=2&as_of=2026-01-01")
    assert seen.address(sort="cents") == "?as_of=2026-01-01&t_sort=cents"
    assert "t_page=1" in seen.address(page=1)


def _exported(kind: str, rows) -> bytes:
    query = f"t_export={kind}&t_sort=name".encode()
    request = Request({"type": "http", "query_string": query, "headers": [(b"cookie", b"bolanggu_language=zh")]})
    answer = export(request, [Table("t", COLUMNS, rows)])
    assert answer is not None
    return bytes(answer.body)


def test_csv_has_all_rows_a_byte_order_mark_and_no_formula():
    body = _exported("csv", [*ROWS, {"name": "=1+1", "cents": -5, "status": "refused", "day": None}])
    assert body.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(StringIO(body.decode("utf-8-sig"))))
    assert read[0] == ["买方", "额度", "状态", "到期日"]
    assert len(read) == len(ROWS) + 2
    assert ["'=1+1", "-0.05", "拒绝", ""] in read


def test_xlsx_has_numbers_and_days_and_text_that_stays_text():
    rows = [{"name": "=1+1", "cents": 12345, "status": "approved", "day": date(2026, 3, 5)}]
    sheet = openpyxl.load_workbook(BytesIO(_exported("xlsx", rows))).active
    assert sheet is not None
    values = [cell.value for cell in sheet[2]]
    assert values == ["=1+1", 123.45, "批准", datetime(2026, 3, 5, tzinfo=UTC).replace(tzinfo=None)]
    assert sheet["A2"].data_type == "s"
