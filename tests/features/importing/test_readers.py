"""Workbooks and Parquet give the same book as CSV."""

import datetime as dt

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import FileError, MappingError
from features.importing.run import import_files
from tests.features.importing.trying import GOOD, HEADER, INVOICES, Imported, imported, lines, written

MIDNIGHT = dt.datetime.combine(dt.date(2024, 2, 1), dt.time.min)
BAD = "2,B1,2024-01-01,2024-02-01,-5,USD,"


@pytest.fixture
def from_csv(tmp_path):
    return imported(tmp_path, INVOICES, {"a.csv": lines(GOOD, BAD)}, "from_csv")


def test_a_workbook_is_read_like_csv(tmp_path, from_csv):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Report"])
    sheet.append(HEADER.split(","))
    sheet.append([1, "B1", dt.date(2024, 1, 1), MIDNIGHT, 100.5, "USD", dt.date(2024, 1, 20)])
    sheet.append([])
    sheet.append([2, "B1", "2024-01-01", "2024-02-01", -5, "USD", None])
    book.save(tmp_path / "a.xlsx")
    mapping = written(tmp_path, "m.yaml", INVOICES.replace('{files: "*.csv"}', "{skip_lines: 1}"))
    found = Imported(import_files(mapping, [tmp_path / "a.xlsx"], tmp_path / "out"), tmp_path / "out")
    assert found.rows("orders") == from_csv.rows("orders")
    assert found.rows("payments") == from_csv.rows("payments")
    assert [(reject["line"], reject["value"]) for reject in found.rejects] == [("5", "-5")]


def test_a_sheet_is_found_by_name(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Second")
    for row in (HEADER, GOOD):
        sheet.append(row.split(","))
    book.save(tmp_path / "a.xlsx")
    for name, content in (("m.yaml", "{sheet: Second}"), ("n.yaml", "{sheet: Third}")):
        written(tmp_path, name, INVOICES.replace('{files: "*.csv"}', content))
    summary = import_files(tmp_path / "m.yaml", [tmp_path / "a.xlsx"], tmp_path / "out")
    assert summary.tables["orders"].accepted == 1
    with pytest.raises(MappingError, match=r"sheet of .*Third: is not in the workbook; there are Sheet, Second"):
        import_files(tmp_path / "n.yaml", [tmp_path / "a.xlsx"], tmp_path / "other")


def test_parquet_is_read_like_csv_whatever_its_types(tmp_path, from_csv):
    day = dt.date(2024, 1, 1)
    table = pa.table(
        {
            "id": pa.array([1, 2]),
            "buyer": pa.array(["B1", "B1"]).dictionary_encode(),
            "day": [day, day],
            "due": pa.array([MIDNIGHT] * 2),
            "amount": pa.array([100.5, -5.0]),
            "currency": ["USD", "USD"],
            "paid": [dt.date(2024, 1, 20), None],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    mapping = written(tmp_path, "m.yaml", INVOICES.replace('{files: "*.csv"}', "{}"))
    found = Imported(import_files(mapping, [tmp_path / "a.parquet"], tmp_path / "out"), tmp_path / "out")
    assert found.rows("orders") == from_csv.rows("orders")
    assert found.rows("payments") == from_csv.rows("payments")
    assert [(reject["line"], reject["reason"]) for reject in found.rejects] == [("2", "negative_amount")]


def test_a_midnight_without_a_zone_is_a_day_in_parquet_as_in_a_workbook(tmp_path):
    """As an instant it would be known in Yiwu's zone by 16:00 UTC of the day before."""
    zone = dt.timezone(dt.timedelta(hours=8))
    named = dict(zip(HEADER.split(","), GOOD.split(","), strict=True))
    days = {name: [dt.datetime.fromisoformat(named[name])] * 2 for name in ("due", "paid")}
    seen = [dt.datetime.fromisoformat(f"2024-01-01T{time}") for time in ("00:00:00", "00:00:01")]
    columns = {name: [value] * 2 for name, value in named.items()} | days | {"id": ["1", "2"], "day": seen}
    mapping = written(tmp_path, "m.yaml", INVOICES.replace('{files: "*.csv"}', "{zone: Asia/Shanghai}"))
    for unit in ("ms", "us", "ns"):
        table = pa.table(columns)
        table = table.set_column(2, "day", table["day"].cast(pa.timestamp(unit)))
        pq.write_table(table, tmp_path / f"{unit}.parquet")
        out = tmp_path / unit
        found = Imported(import_files(mapping, [tmp_path / f"{unit}.parquet"], out), out)
        assert [order["recorded_at"].astimezone(zone).isoformat() for order in found.rows("orders")] == [
            "2024-01-01T23:59:59+08:00",
            "2024-01-01T00:00:01+08:00",
        ]


def test_noise_of_binary_fractions_is_not_in_what_a_workbook_shows(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADER.split(","))
    for number, amount in enumerate((0.1 + 0.2, 1234567.0, 1e15, 4991.07)):
        sheet.append([f"{number}", "B", "2024-01-01", "2024-02-01", amount, "USD", None])
    book.save(tmp_path / "a.xlsx")
    mapping = written(tmp_path, "m.yaml", INVOICES.replace('{files: "*.csv"}', "{}"))
    found = Imported(import_files(mapping, [tmp_path / "a.xlsx"], tmp_path / "out"), tmp_path / "out")
    assert [row["amount_minor"] for row in found.rows("orders")] == [30, 123456700, 10**17, 499107]


@pytest.mark.parametrize(("name", "said"), [("a.xlsx", "as a workbook"), ("a.parquet", "as Parquet")])
def test_a_file_of_another_kind_is_told(tmp_path, name, said):
    mapping = written(tmp_path, "m.yaml", INVOICES.replace('{files: "*.csv"}', "{}"))
    with pytest.raises(FileError, match=said) as caught:
        import_files(mapping, [written(tmp_path, name, lines(GOOD))], tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [HEADER, HEADER + "\n", HEADER + "\n\n,,,,,,\n"])
def test_a_header_without_rows_is_told(tmp_path, content):
    with pytest.raises(FileError, match="no rows below its header"):
        imported(tmp_path, INVOICES, {"a.csv": content})


def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path):
    with pytest.raises(
        MappingError, match=r"mapping key tables.orders.columns.due_on, column due: is not in .*mean due_day\?"
    ):
        imported(tmp_path, INVOICES, {"a.csv": lines(GOOD).replace(",due,", ",due_day,")})
    with pytest.raises(MappingError, match=r"column due: comes twice in"):
        imported(tmp_path, INVOICES, {"a.csv": lines(GOOD + ",x", header=HEADER + ",due")})


HASHED = """
sources: {rows: {files: "*"}}
tables:
  orders:
    from: rows
    columns:
      order_id: {hash: all}
      exporter_id: {constant: E}
      buyer_id: buyer
      ordered_on: day
      due_on: day
      amount_minor: amount
      currency: {constant: USD}
      recorded_at: day
"""


@pytest.mark.parametrize("header", ["note,note", "note,", "note,,"])
def test_a_hash_of_the_whole_row_holds_columns_without_a_name_of_their_own(tmp_path, header):
    named = f"buyer,day,amount,{header}"
    rows = [f"B,2024-01-01,5,{note}{',' * (header.count(',') - 1)}" for note in ("x,1", "x,2", "x,2", "x,")]
    book = imported(tmp_path, HASHED, {"a.csv": lines(*rows, header=named)})
    told = book.summary.tables["orders"]
    assert (told.accepted, told.duplicates) == (3, 1)
    # In a workbook it is the same row.
    workbook = openpyxl.Workbook()
    for row in (named, *rows):
        workbook.worksheets[0].append([field or None for field in row.split(",")])
    workbook.save(tmp_path / "a.xlsx")
    out = tmp_path / "out"
    import_files(tmp_path / "mapping.yaml", [tmp_path / "a.xlsx"], out)
    assert pq.read_table(out / "orders.parquet").to_pylist() == book.rows("orders")


def test_stray_separators_at_the_ends_of_rows_change_no_hash(tmp_path):
    plain = lines("B,2024-01-01,5", header="buyer,day,amount")
    strayed = lines("B,2024-01-01,5,,", header="buyer,day,amount,,")
    told = imported(tmp_path, HASHED, {"a.csv": plain, "b.csv": strayed}).summary.tables["orders"]
    assert (told.accepted, told.duplicates) == (1, 1)
