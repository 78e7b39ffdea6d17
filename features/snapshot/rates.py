"""The exchange rates that a snapshot needs, and the error for an amount that has none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from features.errors import BookError
from features.rates import usd_rates

# Asked of every engine: the currencies of the book's amounts, and the days on whose rates they meet.
CURRENCIES = "SELECT currency FROM orders UNION SELECT currency FROM payments UNION SELECT currency FROM claims"
SPAN = "SELECT MIN(ordered_on), MAX(ordered_on) FROM orders"


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


def no_rate(order_id: str, currency: str, day: date) -> BookError:
    """Give the error for an order whose day has no rate for a currency; leaving the amount out would be silent."""
    return BookError(
        "order", order_id, f"{currency} has no ECB rate on {day}", "state its amounts in a currency the ECB quotes"
    )
