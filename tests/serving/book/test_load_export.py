from datetime import date
from decimal import Decimal

import psycopg
import pyarrow.parquet as pq
import pytest

from features.book.tables import TABLES
from features.errors import BookError, FileError
from features.rates import usd_rate
from serving.book.export import export_book
from serving.book.load import load_book
from tests.serving.book.small_book import AT, DAY, ROWS, write_book


@pytest.fixture
def connection(database):
    with psycopg.connect(database, autocommit=True, options="-c TimeZone=Asia/Shanghai") as connection:
        yield connection


def test_a_book_comes_out_as_it_went_in(connection, tmp_path):
    book = write_book(tmp_path / "book")
    load_book(book, connection)
    rows = export_book(connection, tmp_path / "out")
    assert rows == {name: len(values) for name, values in ROWS.items()}
    for table in TABLES.values():
        went, came = (pq.read_table(folder / f"{table.name}.parquet") for folder in (book, tmp_path / "out"))
        assert came.schema == table.arrow
        assert sorted(map(repr, came.to_pylist())) == sorted(map(repr, went.to_pylist()))


def test_loading_again_changes_nothing(connection, tmp_path):
    book = write_book(tmp_path)
    first, second = load_book(book, connection), load_book(book, connection)
    assert [each.added for each in first] == [len(rows) for rows in ROWS.values()]
    assert [(each.added, each.there_already) for each in second] == [(0, len(rows)) for rows in ROWS.values()]


def test_another_content_under_the_same_version_is_refused_and_nothing_is_loaded(connection, tmp_path, sql):
    load_book(write_book(tmp_path / "a"), connection)
    other = write_book(
        tmp_path / "b",
        exporters=[("new", "New", DAY, AT)],
        payments=[("p1", "o1", date(2025, 2, 1), 59_999, "EUR", AT)],
    )
    with pytest.raises(BookError, match=r"payments p1, .*another content"):
        load_book(other, connection)
    assert sql("SELECT count(*) FROM book.exporters") == [(1,)]


def test_the_ledger_learns_who_buys_where_from_whom_and_what_was_paid(connection, tmp_path, sql):
    load_book(write_book(tmp_path), connection)
    assert sql("SELECT * FROM ledger.directory ORDER BY 1") == [("b1", "b1", "AT"), ("b2", "b2", "US")]
    assert sql("SELECT * FROM ledger.relations ORDER BY 1") == [("b1", "e1", DAY), ("b2", "e1", DAY)]
    cents = (Decimal(100_000) * usd_rate("EUR", DAY).usd_cents_per_minor).quantize(Decimal(1), "ROUND_HALF_UP")
    # b2 still owes one cent of its order, so it has paid none in full.
    assert sql("SELECT identity_id, largest_paid_cents FROM ledger.buyer_exposures") == [("b1", int(cents))]


def test_a_folder_with_something_in_it_is_not_written_over(connection, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileError, match="not empty"):
        export_book(connection, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
