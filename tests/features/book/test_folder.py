import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.book.folder import check_values, connect, files_of, open_book, write_table
from features.book.tables import ORDERS, TABLES
from features.errors import BookError

ORDER = {
    "order_id": "o1",
    "exporter_id": "e1",
    "buyer_id": "b1",
    "ordered_on": date(2024, 1, 1),
    "shipped_on": None,
    "due_on": date(2024, 2, 1),
    "amount_minor": 1000,
    "currency": "USD",
    "category": None,
    "customs_no": None,
    "recorded_at": datetime(2024, 1, 1, 8, tzinfo=UTC),
}


def rows(*changes):
    return pa.Table.from_pylist([ORDER | change for change in changes], schema=ORDERS.arrow)


@pytest.fixture
def connection():
    with connect() as opened:
        yield opened


def test_what_a_folder_lacks_is_there_typed_and_empty(tmp_path, connection):
    pq.write_table(rows({}).drop_columns(["shipped_on", "category", "customs_no"]), tmp_path / "orders.parquet")
    open_book(tmp_path, connection)
    check_values(connection)
    for table in TABLES.values():
        described = connection.execute(f"DESCRIBE {table.name}").fetchall()
        assert [row[0] for row in described] == list(table.columns)
    assert connection.sql("SELECT * FROM orders").to_arrow_table().cast(ORDERS.arrow).to_pylist() == [ORDER]
    assert connection.execute("SELECT count(*) FROM claims").fetchall() == [(0,)]


def test_a_table_may_lie_in_parts(tmp_path, connection):
    for number in (1, 2):
        part = tmp_path / "orders" / f"year={number}"
        part.mkdir(parents=True)
        pq.write_table(rows({"order_id": f"o{number}"}), part / "part.parquet")
    open_book(tmp_path, connection)
    assert len(files_of(tmp_path, "orders")) == 2
    assert connection.execute("SELECT count(*) FROM orders").fetchall() == [(2,)]


def test_a_time_without_a_zone_is_utc(tmp_path, connection):
    naive = rows({}).set_column(10, "recorded_at", pa.array([datetime(2024, 1, 1, 8)]))  # noqa: DTZ001
    pq.write_table(naive, tmp_path / "orders.parquet")
    open_book(tmp_path, connection)
    at = datetime(2024, 1, 1, 8, tzinfo=UTC).timestamp()
    assert connection.execute("SELECT epoch(recorded_at) FROM orders").fetchall() == [(at,)]


def test_written_tables_open_again(tmp_path, connection):
    write_table(tmp_path, ORDERS, rows({}, {"order_id": "o2"}))
    open_book(tmp_path, connection)
    assert connection.execute("SELECT order_id FROM orders ORDER BY 1").fetchall() == [("o1",), ("o2",)]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("payments", None, "has no table orders"),
        ("orders", pa.table({"order_id": ["a"]}), "has no column exporter_id"),
        ("orders", b"no parquet", "cannot be read as Parquet"),
    ],
)
def test_a_folder_that_is_no_book_is_named(tmp_path, connection, name, content, message):
    if isinstance(content, bytes):
        (tmp_path / f"{name}.parquet").write_bytes(content)
    elif content is not None:
        pq.write_table(content, tmp_path / f"{name}.parquet")
    with pytest.raises(BookError, match=message):
        open_book(tmp_path, connection)


def test_no_folder_is_named(tmp_path, connection):
    with pytest.raises(BookError, match="is not a folder"):
        open_book(tmp_path / "nowhere", connection)


def test_a_column_of_another_type_is_named(tmp_path, connection):
    texts = rows({}).set_column(6, "amount_minor", pa.array(["10.00"]))
    pq.write_table(texts, tmp_path / "orders.parquet")
    with pytest.raises(BookError, match="amount_minor: is VARCHAR, not BIGINT"):
        open_book(tmp_path, connection)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount_minor": -5}, "orders.amount_minor -5: 1 rows"),
        ({"due_on": date(3025, 1, 1)}, "orders.due_on 3025-01-01"),
        ({"currency": "dollars"}, "orders.currency dollars"),
        ({}, r"orders \(order_id, recorded_at\) o1, .*is there more than once"),
    ],
)
def test_a_value_that_breaks_the_rules_is_named(tmp_path, connection, change, message):
    write_table(tmp_path, ORDERS, rows({}, change))
    open_book(tmp_path, connection)
    with pytest.raises(BookError, match=message):
        check_values(connection)


def test_what_does_not_fit_in_memory_spills_among_temporary_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with connect(memory_gib=0.05, threads=1) as small:
        ((folder,),) = small.execute("SELECT current_setting('temp_directory')").fetchall()
        small.execute("CREATE TABLE long AS SELECT hash(i) AS key FROM range(8000000) t(i)")
        ((spilled,),) = small.execute("SELECT sum(size) FROM duckdb_temporary_files()").fetchall()
        assert spilled > 0
    assert Path(folder).parent == Path(tempfile.gettempdir())
    assert not list(tmp_path.iterdir())
    assert not Path(folder).exists()
