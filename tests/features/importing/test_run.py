"""Imports as a whole: they add up, do not depend on the order of rows or files, and leave all or nothing."""

import json
import random
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.book.folder import check_values, connect, open_book
from features.book.tables import TABLES
from features.errors import BolangguError, FileError, MappingError
from features.importing import output
from features.importing.reasons import REASONS
from features.importing.run import import_files
from tests.features.importing.trying import GOOD, INVOICES, imported, lines, written


def test_a_file_becomes_a_book_that_the_book_itself_finds_good(tmp_path):
    found = imported(tmp_path, INVOICES, {"a.csv": lines(GOOD, GOOD.replace("1,B1", "2,B2").replace("2024-01-20", ""))})
    assert [row["amount_minor"] for row in found.rows("orders")] == [10050, 10050]
    assert [(row["payment_id"], row["paid_on"].isoformat()) for row in found.rows("payments")] == [
        ("P-1", "2024-01-20")
    ]
    assert found.summary.tables["payments"].left_out == 1
    for name in ("orders", "payments"):
        assert pq.read_schema(found.folder / f"{name}.parquet").equals(TABLES[name].arrow)
    connection = connect()
    open_book(found.folder, connection)
    check_values(connection)


def test_the_summary_lies_in_the_book(tmp_path):
    found = imported(tmp_path, INVOICES, {"a.csv": lines(GOOD, GOOD)})
    assert json.loads((found.folder / "import.json").read_text()) == found.summary.as_dict()
    assert {path.name for path in found.folder.iterdir()} == {
        "orders.parquet", "payments.parquet", "rejects.csv", "import.json"
    }  # fmt: skip
    file = found.summary.files[0]
    assert (file.rows, file.encoding, len(file.sha256), len(found.summary.mapping_sha256)) == (2, "utf-8", 64, 64)


def test_ragged_rows_are_rejected_from_every_table_they_feed(tmp_path):
    found = imported(tmp_path, INVOICES, {"a.csv": lines(GOOD, "2,B1,2024-01-01", GOOD + ",more")})
    assert [(r["table"], r["line"], r["value"], r["reason"]) for r in found.rejects] == [
        ("orders", "3", "2,B1,2024-01-01", "ragged_row"),
        ("orders", "4", GOOD + ",more", "ragged_row"),
        ("payments", "3", "2,B1,2024-01-01", "ragged_row"),
        ("payments", "4", GOOD + ",more", "ragged_row"),
    ]


def test_ignored_amounts_are_left_out_and_counted(tmp_path):
    mapping = INVOICES.replace("amount_minor: amount", "amount_minor: {column: amount, negative: ignore, zero: ignore}")
    rows = [GOOD, GOOD.replace("100.50", "-5"), GOOD.replace("100.50", "0")]
    table = imported(tmp_path, mapping, {"a.csv": lines(*rows)}).summary.tables["orders"]
    assert (table.read, table.accepted, table.left_out) == (1, 1, 2)


def test_a_source_may_feed_a_table_twice(tmp_path):
    mapping = """
    sources: {s: {}}
    tables:
      orders:
        - from: s
          columns: &o {order_id: id, exporter_id: {constant: E}, buyer_id: b, ordered_on: day, due_on: due,
            amount_minor: amount, currency: {constant: USD}, recorded_at: day}
        - from: s
          when: [{column: shipped, filled: true}]
          columns: {order_id: id, exporter_id: {constant: E}, buyer_id: b, ordered_on: day, due_on: due,
            shipped_on: shipped, amount_minor: amount, currency: {constant: USD}, recorded_at: shipped}
    """
    text = lines("1,B,2024-01-01,2024-03-01,5,2024-01-09", header="id,b,day,due,amount,shipped")
    found = imported(tmp_path, mapping, {"a.csv": text})
    assert [(row["shipped_on"] is None, row["recorded_at"].day) for row in found.rows("orders")] == [
        (True, 1), (False, 9)
    ]  # fmt: skip


PIECES = {
    "id": st.sampled_from(["1", "2", "3", "4", "", "x" * 201]),
    "buyer": st.sampled_from(["B1", "B2", ""]),
    "day": st.sampled_from(["2024-01-01", "2024-01-05", "2024-02-30", "3025-01-01", "soon", ""]),
    "due": st.sampled_from(["2024-02-01", "2023-12-31", "2024-02-30", ""]),
    "amount": st.sampled_from(["5", "7.25", "0", "-1", "1.234", "EUR 5", "abc", "9" * 30, ""]),
    "currency": st.sampled_from(["USD", "JPY", "XXX", ""]),
    "paid": st.sampled_from(["", "2024-01-20", "2023-12-01", "31 May"]),
}
ROWS = st.one_of(
    st.tuples(*PIECES.values()).map(",".join),
    st.sampled_from([GOOD, GOOD, GOOD.replace("1,B1", "2,B1"), GOOD + ",", "1,2", '1,"a\nb",2024-01-01']),
)


@settings(max_examples=8, deadline=None)
@given(rows=st.lists(ROWS, min_size=2, max_size=25), data=st.data())
def test_dirty_files_add_up_and_order_and_split_change_nothing(tmp_path_factory, rows, data):
    folder = tmp_path_factory.mktemp("dirty")
    whole = imported(folder, INVOICES, {"all.csv": lines(*rows)}, "whole")
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(1, len(rows) - 1))
    parts = {"one.csv": lines(*shuffled[:cut]), "two.csv": lines(*shuffled[cut:])}
    split = imported(folder, INVOICES, parts, "split")
    for name, table in whole.summary.tables.items():
        assert table.read == table.accepted + table.duplicates + table.rejected
        assert table.read + table.left_out == len(rows)
        assert table.accepted == len(whole.rows(name))
        assert table.rejected == len({reject["line"] for reject in whole.rejects if reject["table"] == name})
        assert split.summary.tables[name] == table
        assert (whole.folder / f"{name}.parquet").read_bytes() == (split.folder / f"{name}.parquet").read_bytes()
    assert {reject["reason"] for reject in whole.rejects} <= REASONS.keys()
    assert all(reject["cause"] == REASONS[reject["reason"]] for reject in whole.rejects)
    connection = connect()
    open_book(whole.folder, connection)
    check_values(connection)


def test_many_rows_do_not_depend_on_their_order(tmp_path):
    rows = [
        f"{n % 900},B{n % 7},2024-01-0{n % 9 + 1},2024-03-01,{n % 5 + 1},USD,2024-02-0{n % 9 + 1}" for n in range(3000)
    ]
    straight = imported(tmp_path, INVOICES, {"a.csv": lines(*rows)}, "straight")
    random.Random(1).shuffle(rows)
    mixed = imported(tmp_path, INVOICES, {"a.csv": lines(*rows)}, "mixed")
    assert straight.summary.tables == mixed.summary.tables
    assert straight.rows("orders") == mixed.rows("orders")


def left_behind(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"a.csv", "mapping.yaml"}


@pytest.mark.parametrize(
    ("mapping", "content", "error"),
    [
        (INVOICES, "", FileError),
        (INVOICES, b"\x89PNG\r\n\x1a\n\x00\x00", FileError),
        (INVOICES, lines(GOOD).encode("utf-16-le"), FileError),
        (INVOICES, "caf\u00e9".encode("latin-1"), FileError),
        (INVOICES, lines(GOOD).replace("due,", ""), MappingError),
        (INVOICES, 'id,buyer,day,due,amount,currency,paid\n1,B1,2024-01-01,2024-02-01,5,USD,"\n2,B1\n', FileError),
        (INVOICES.replace("due_on: due", "due_on: dew"), lines(GOOD), MappingError),
        (INVOICES.replace("constant: E1", "constant: ''"), lines(GOOD), MappingError),
        ("sources: [", lines(GOOD), MappingError),
    ],
)  # fmt: skip
def test_wrong_files_end_in_one_line_and_leave_nothing(tmp_path, mapping, content, error):
    with pytest.raises(error) as caught:
        imported(tmp_path, mapping, {"a.csv": content})
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    assert left_behind(tmp_path) == set()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("currency: currency", "currency: {constant: DOLLAR}", "currency.constant DOLLAR"),
        ("due_on: due", "due_on: {constant: 2024-02-30}", "due_on.constant 2024-02-30"),
        ("amount_minor: amount", "amount_minor: {constant: '1.234'}", "amount_minor.constant 1.234"),
    ],
)
def test_a_constant_that_no_row_could_pass_is_the_mappings_fault(tmp_path, old, new, key):
    with pytest.raises(MappingError, match=f"tables.orders.columns.{key}"):
        imported(tmp_path, INVOICES.replace(old, new, 1), {"a.csv": lines(GOOD)})


def test_only_an_import_is_replaced_and_only_when_asked(tmp_path):
    mapping, file = written(tmp_path, "mapping.yaml", INVOICES), written(tmp_path, "a.csv", lines(GOOD))
    out = tmp_path / "deep" / "book"
    import_files(mapping, [file], out)
    with pytest.raises(FileError, match=r"is not empty; .*--replace"):
        import_files(mapping, [file], out)
    import_files(mapping, [file], out, replace=True)
    (out / "letter.txt").write_text("dear")
    with pytest.raises(FileError, match=r"letter.txt, which no import wrote"):
        import_files(mapping, [file], out, replace=True)
    with pytest.raises(FileError, match="is a file"):
        import_files(mapping, [file], file, replace=True)


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "book").mkdir()
    assert imported(tmp_path, INVOICES, {"a.csv": lines(GOOD)}).rows("orders")


@pytest.mark.parametrize("step", ["write_rejects", "put_in_place"])
def test_a_failure_on_the_way_leaves_the_old_book(tmp_path, monkeypatch, step):
    before = imported(tmp_path, INVOICES, {"a.csv": lines(GOOD)}).rows("orders")

    def fail(*_: object) -> None:
        raise BolangguError("disk", None, "is full", "make room")

    monkeypatch.setattr(f"features.importing.run.{step}", fail)
    with pytest.raises(BolangguError):
        imported(tmp_path, INVOICES, {"a.csv": lines(GOOD, GOOD.replace("1,B1", "2,B1"))})
    assert left_behind(tmp_path) == {"book"}
    assert pq.read_table(tmp_path / "book" / "orders.parquet").to_pylist() == before


def test_a_failed_rename_puts_the_old_book_back(tmp_path, monkeypatch):
    out, new = tmp_path / "book", tmp_path / "work" / "book"
    out.mkdir()
    new.mkdir(parents=True)
    (out / "orders.parquet").write_text("old")
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self == new:
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="no"):
        output.put_in_place(new, out)
    assert (out / "orders.parquet").read_text() == "old"
