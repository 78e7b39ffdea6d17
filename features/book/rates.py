"""The exchange rates that a book's amounts need, and the error for an amount that has none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from features.errors import BookError
from features.rates import usd_rates

# Asked of every engine: the currencies of the book's amounts, and the days on whose rates they meet.
CURRENCIES = "SELECT currency FROM orders UNION SELECT currency FROM payments UNION SELECT currency FROM claims"
SPAN = "SELECT MIN(ordered_on), MAX(ordered_on) FROM orders"

_UNRATED = Path(__file__).parents[1] / "sql" / "unrated.sql"
# In front of `unrated`, which reads the tables by their names: what was known by an instant of the orders before it.
_KNOWN = """
WITH orders AS (SELECT * FROM memory.main.orders WHERE recorded_at < $end AND ordered_on < CAST($end AS DATE)),
payments AS (SELECT * FROM memory.main.payments WHERE recorded_at < $end),
claims AS (SELECT * FROM memory.main.claims WHERE recorded_at < $end)
"""


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of all currencies of a book over the days of its orders.

    Attributes:
        table: currency, day, usd_cents_per_minor; one row for every day that has a rate.
        gapless: whether every currency has a rate on every day, so that no amount can be without.
    """

    table: pa.Table
    gapless: bool


def rates_for(currencies: Iterable[str], first: date | None, last: date | None) -> Rates:
    """Tabulate the rates of some currencies from the first to the last order's day; none where there is no order."""
    codes = sorted(set(currencies))
    if first is None or last is None:
        return Rates(usd_rates([], date.min, date.min), gapless=True)
    table = usd_rates(codes, first, last)
    return Rates(table, gapless=table.num_rows == len(codes) * ((last - first).days + 1))


def tabulate_rates(connection: duckdb.DuckDBPyConnection, end: datetime) -> None:
    """Make the table `usd_rates` of an opened book, for what is known before the end (UTC) of a day.

    It stops at that day: an order dated later has no rate yet.

    Raises:
        BookError: an amount known by then has no rate on its order's day, so that a join would leave it out in silence.
    """
    codes = [code for (code,) in connection.execute(CURRENCIES).fetchall()]
    ((first, _),) = connection.execute(SPAN).fetchall()
    rates = rates_for(codes, first, (end - timedelta(days=1)).date())
    tabulated = rates.table  # noqa: F841 - DuckDB reads it by its name in the next line
    connection.execute("CREATE OR REPLACE TEMP TABLE usd_rates AS SELECT * FROM tabulated")
    if rates.gapless:
        return
    unrated = connection.execute(_KNOWN + _UNRATED.read_text(encoding="utf-8"), {"end": end}).fetchone()
    if unrated is not None:
        raise no_rate(*unrated)


def no_rate(order_id: str, currency: str, day: date) -> BookError:
    """Give the error for an order whose day has no rate for a currency; leaving the amount out would be silent."""
    return BookError(
        "order", order_id, f"{currency} has no ECB rate on {day}", "state its amounts in a currency the ECB quotes"
    )
