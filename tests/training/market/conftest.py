"""Markets that several tests look at, simulated once."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from features.book.folder import connect, open_book
from training.market.parameters import Parameters, load
from training.market.simulate import Wish, simulate
from training.market.truth_file import NAME

# Opens a market with the default of each order: unpaid on the 61st day after it fell due.
_DEFAULTS = """
    CREATE TABLE final_orders AS
        SELECT * FROM orders QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY recorded_at DESC) = 1;
    CREATE TABLE fates AS
        WITH paid AS (
            SELECT order_id, sum(p.amount_minor) FILTER (WHERE p.paid_on <= o.due_on + 60) AS in_time,
                   sum(p.amount_minor) AS ever
            FROM payments p JOIN final_orders o USING (order_id) GROUP BY order_id)
        SELECT order_id, buyer_id, ordered_on, due_on, amount_minor, currency,
               coalesce(in_time, 0) < amount_minor AS defaulted,
               amount_minor - CAST(coalesce(ever, 0) AS BIGINT) AS unpaid_minor
        FROM final_orders LEFT JOIN paid USING (order_id)
"""


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open a market's book, with tables `final_orders`, `fates` and `truth`."""
    connection = connect()
    open_book(folder, connection)
    connection.execute(_DEFAULTS)
    connection.execute(f"CREATE VIEW truth AS SELECT * FROM read_parquet('{folder / f'{NAME}.parquet'}')")
    return connection


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    return load()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, parameters: Parameters) -> Path:
    """Three years of 600 buyers under the programme."""
    folder = tmp_path_factory.mktemp("market") / "small"
    simulate(folder, Wish(600, 3, 5), parameters)
    return folder


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory, parameters: Parameters) -> Path:
    """Three years of 3,000 buyers, with enough defaults to hold probabilities against."""
    folder = tmp_path_factory.mktemp("market") / "large"
    simulate(folder, Wish(3000, 3, 6), parameters)
    return folder


@pytest.fixture(scope="session")
def book(small: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(small) as connection:
        yield connection


@pytest.fixture(scope="session")
def large_book(large: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(large) as connection:
        yield connection
