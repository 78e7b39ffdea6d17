from datetime import date

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
