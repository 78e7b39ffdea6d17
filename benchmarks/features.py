"""Features against plain pandas, against the bare range join, over growing books, and for one buyer in PostgreSQL."""

import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psycopg

from benchmarks import pandas_features
from benchmarks.feature_book import FIRST_DAY, make_book
from benchmarks.timing import alternate, percentile, times_of
from features.book.folder import connect, open_book
from features.rates import usd_rates
from features.snapshot import snapshot
from features.snapshot.days import day_table
from serving.book.load import load_book
from serving.book.peers import buyer_features, refresh_peers
from serving.database.embedded import EmbeddedPostgres
from serving.database.migrate import upgrade

QUARTERS = [
    date(year, month, day) for year in (2023, 2024, 2025) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
]
SIZES = (1_000_000, 3_000_000, 10_000_000)
MEMORY_GIB = 5.0
BUYER_ORDERS = 1_000


def run() -> dict[str, Any]:
    """Measure all figures; some minutes.

    Raises:
        RuntimeError: pandas and the SQL disagree about a value, so that their times mean nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        books = {orders: make_book(Path(folder) / f"{orders}", orders) for orders in SIZES}
        figures = _against_others(books[SIZES[0]]) | _growth(books)
        figures |= _one_buyer(make_book(Path(folder) / "small", 200_000), Path(folder) / "postgres")
    conditions = {"days": len(QUARTERS), "orders": SIZES, "duckdb_memory_gib": MEMORY_GIB, "buyer_orders": BUYER_ORDERS}
    return {"bench": "features", "figures": figures, "conditions": conditions}


def _against_others(book: Path) -> dict[str, float]:
    """Compare with pandas and with the floor on one book."""
    found: dict[str, Any] = {}

    def in_pandas() -> None:
        first = date.fromisoformat(FIRST_DAY)
        rates = usd_rates(["USD", "EUR", "GBP"], first, QUARTERS[-1])
        found["pandas"] = pandas_features.snapshot(book, QUARTERS, rates)

    def in_sql() -> None:
        found["sql"] = snapshot(book, QUARTERS)

    times = alternate({"pandas": in_pandas, "sql": in_sql}, runs=3)
    _check_equal(found["sql"].to_pandas(), found["pandas"])
    beside = alternate({"floor": lambda: _range_join(book), "sql": in_sql}, runs=5)
    return {
        "speedup_vs_pandas": times["pandas"] / times["sql"],
        "times_floor": beside["sql"] / beside["floor"],
        "seconds_1m_orders": times["sql"],
        "features": len(found["sql"].column_names) - 2,
    }


def _range_join(book: Path) -> None:
    """Count each observation's orders: every buyer and day, with all orders recorded by then."""
    with connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        open_book(book, connection)
        connection.register("days", day_table(QUARTERS))
        connection.execute("""
            CREATE TEMP TABLE counted AS
            SELECT s.buyer_id, s.as_of, COUNT(*) AS orders
            FROM (SELECT buyer_id, as_of FROM (SELECT DISTINCT buyer_id FROM orders), days) AS s
            JOIN orders AS o ON o.buyer_id = s.buyer_id AND o.recorded_at < s.as_of + INTERVAL 1 DAY
            GROUP BY ALL
        """)


def _check_equal(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    for name in ours.columns[2:]:
        one, other = ours[name].astype(float).to_numpy(), theirs[name].astype(float).to_numpy()
        if not np.allclose(one, other, rtol=1e-9, atol=1e-11, equal_nan=True):
            raise RuntimeError(f"{name} differs between SQL and pandas")


def _growth(books: dict[int, Path]) -> dict[str, float]:
    """Take time and peak memory of each size in a process of its own; the exponent is the slope of log time."""
    measured = {orders: _measured(book) for orders, book in books.items()}
    sizes = np.log([float(orders) for orders in measured])
    times = np.log([seconds for seconds, _ in measured.values()])
    largest = max(measured)
    return {
        "time_growth_exponent": float(np.polyfit(sizes, times, 1)[0]),
        "seconds_10m_orders": measured[largest][0],
        "peak_gib_10m_orders": measured[largest][1],
    }


_CHILD = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from features.snapshot import snapshot
days = [date.fromisoformat(day) for day in sys.argv[3:]]
start = time.perf_counter()
snapshot(Path(sys.argv[1]), days, memory_gib=float(sys.argv[2]))
seconds = time.perf_counter() - start
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20]))
"""


def _measured(book: Path) -> tuple[float, float]:
    """Give seconds and peak GiB of one snapshot in a fresh process."""
    command = [sys.executable, "-c", _CHILD, str(book), str(MEMORY_GIB), *map(str, QUARTERS)]
    root = Path(__file__).parents[1]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root)  # noqa: S603 - our own program
    seconds, gib = json.loads(told.stdout)
    return seconds, gib


def _one_buyer(book: Path, folder: Path) -> dict[str, float]:
    """Time the service's statement for one buyer of a thousand orders, against SELECT 1 on the same connection."""
    server = EmbeddedPostgres(folder)
    url = server.start()
    try:
        upgrade(url)
        options = "-c search_path=book,ledger,public -c TimeZone=UTC"
        with psycopg.connect(url, autocommit=True, prepare_threshold=0, options=options) as connection:
            load_book(book, connection)
            refresh_peers(connection, book, QUARTERS[-1])
            connection.execute("ANALYZE")
            buyer_id = _buyer_of(connection, BUYER_ORDERS)
            bare = times_of(lambda: connection.execute("SELECT 1").fetchone(), 1_000)
            ours = times_of(lambda: buyer_features(connection, buyer_id, QUARTERS[-1]), 300)
    finally:
        server.stop()
    return {
        "postgres_buyer_median_ms": percentile(ours, 50) * 1_000,
        "postgres_buyer_p99_ms": percentile(ours, 99) * 1_000,
        "postgres_buyer_p99_over_select1": percentile(ours, 99) / percentile(bare, 99),
    }


def _buyer_of(connection: psycopg.Connection[Any], orders: int) -> str:
    """Find the buyer whose number of orders comes next to the wanted one."""
    found = connection.execute(
        "SELECT buyer_id FROM book.orders GROUP BY buyer_id ORDER BY abs(count(*) - %s), buyer_id LIMIT 1", [orders]
    ).fetchone()
    assert found is not None, "the book has orders"
    return str(found[0])
