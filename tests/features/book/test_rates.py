from datetime import date, timedelta

import pyarrow as pa
import pytest

from features.book.folder import connect, open_book, write_table
from features.book.rates import tabulate_rates
from features.book.tables import CLAIMS
from features.errors import BookError
from features.snapshot.days import end_of
from tests.training.books import at, order, payment, write_book

SOLD, DAY = date(2024, 1, 10), date(2024, 12, 31)
PAID = SOLD + timedelta(days=30)
CLAIM = {
    "claim_id": "c1", "order_id": "o1", "filed_on": PAID, "loss_minor": 1, "currency": "AED", "has_orders": True,
    "has_customs": True, "has_communications": True, "recorded_at": at(PAID),
}  # fmt: skip


@pytest.fixture
def rates(tmp_path):
    """Tell the currencies that have a rate on the day of the order, by a book of these rows."""

    def run(*orders, payments=(), claims=(), day=DAY):
        write_book(tmp_path, [order("o1", "b1", SOLD), *orders], list(payments))
        write_table(tmp_path, CLAIMS, pa.Table.from_pylist(list(claims), schema=CLAIMS.arrow))
        with connect() as connection:
            open_book(tmp_path, connection)
            tabulate_rates(connection, end_of(day))
            found = connection.execute("SELECT currency FROM usd_rates WHERE day = ? ORDER BY 1", [SOLD]).fetchall()
            return [currency for (currency,) in found]

    return run


def test_every_currency_of_orders_payments_and_claims_has_rates(rates):
    found = rates(
        order("o2", "b1", SOLD, currency="EUR"),
        payments=[payment("p1", "o1", PAID, currency="JPY")],
        claims=[CLAIM | {"currency": "CNY"}],
    )
    assert found == ["CNY", "EUR", "JPY", "USD"]


@pytest.mark.parametrize(
    ("rows", "order_id"),
    [
        ({"payments": [payment("p1", "o1", PAID, currency="AED")]}, "o1"),
        ({"claims": [CLAIM]}, "o1"),
        ({"orders": [order("o2", "b1", SOLD, currency="AED")]}, "o2"),
    ],
)
def test_an_amount_without_a_rate_is_named_where_it_is_known(rates, rows, order_id):
    rest = {name: value for name, value in rows.items() if name != "orders"}
    with pytest.raises(BookError, match=f"order {order_id}: AED has no ECB rate on 2024-01-10"):
        rates(*rows.get("orders", []), **rest)
    assert rates(*rows.get("orders", []), **rest, day=SOLD - timedelta(days=1)) == []


def test_an_order_dated_later_has_no_rate_yet(rates):
    assert rates(order("o2", "b1", DAY + timedelta(days=1), recorded_at=at(DAY))) == ["USD"]
    assert rates(order("o2", "b1", DAY + timedelta(days=1), currency="AED", recorded_at=at(DAY))) == ["USD"]
