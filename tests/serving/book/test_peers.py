from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from features.errors import BookError
from serving.book.load import load_book
from serving.book.peers import buyer_features, refresh_peers
from tests.features.snapshot.books import random_book, write_book

DAY = date(2024, 3, 31)


@pytest.fixture
def connection(database, tmp_path):
    options = "-c search_path=book,ledger,public -c TimeZone=UTC"
    book = write_book(tmp_path / "book", random_book(seed=3, buyers=5, orders=60))
    with psycopg.connect(database, autocommit=True, options=options) as opened:
        load_book(book, opened)
        refresh_peers(opened, book, DAY)
        yield opened


def test_a_currency_without_a_rate_is_named_and_not_left_out(connection):
    known = "SELECT order_id, buyer_id, ordered_on FROM orders WHERE recorded_at < %s ORDER BY order_id LIMIT 1"
    found = connection.execute(known, [DAY]).fetchone()
    assert found is not None
    order, buyer, day = found
    assert buyer_features(connection, buyer, DAY) is not None
    connection.execute("UPDATE orders SET currency = 'AED' WHERE order_id = %s", [order])
    with pytest.raises(BookError, match=f"order {order}: AED has no ECB rate on {day}"):
        buyer_features(connection, buyer, DAY)


def test_a_buyer_without_orders_has_no_features(connection):
    assert buyer_features(connection, "nobody", DAY) is None


def test_late_is_what_was_unpaid_a_month_after_it_was_due_as_known_then(connection, tmp_path):
    known, later = datetime(2024, 3, 31, 23, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC)
    connection.execute("DELETE FROM payments")
    connection.execute("DELETE FROM orders")
    connection.execute(
        "INSERT INTO buyers (buyer_id, name, country, recorded_at) VALUES ('lb', 'Late', 'LK', %s)", [known]
    )

    def order(name, days_due, *paid, recorded_at=known):
        due = DAY - timedelta(days=days_due)
        columns = "order_id, exporter_id, buyer_id, ordered_on, due_on, amount_minor, currency, recorded_at"
        connection.execute(
            f"INSERT INTO orders ({columns}) VALUES (%s, 'e', 'lb', %s, %s, 100, 'USD', %s)",
            [name, due - timedelta(days=30), due, recorded_at],
        )
        for number, (days, amount, seen) in enumerate(paid):
            connection.execute(
                "INSERT INTO payments (payment_id, order_id, paid_on, amount_minor, currency, recorded_at)"
                " VALUES (%s, %s, %s, %s, 'USD', %s)",
                [f"{name}-{number}", name, due + timedelta(days=days), amount, seen],
            )

    order("in time", 40, (30, 100, known))
    order("a day too late", 40, (31, 100, known))
    order("in part", 119, (1, 60, known))
    order("told later", 60, (1, 100, later))
    order("entered later", 60, recorded_at=later)
    order("may still be paid", 29)
    order("before, unpaid", 120)
    order("before, in two parts", 209, (1, 60, known), (2, 40, known))
    order("too long ago", 210)
    refresh_peers(connection, write_book(tmp_path / "again", random_book(seed=3, buyers=5, orders=60)), DAY)
    assert connection.execute("SELECT * FROM peers.lateness WHERE country = 'LK'").fetchall() == [("LK", 4, 3, 2, 1)]
