from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from features.book.circumstances import circumstances
from features.book.exporter_records import exporter_records
from features.book.folder import connect, open_book, write_table
from features.book.tables import BUYERS, CLAIMS, ORDERS, PAYMENTS
from features.errors import BookError

DAY = date(2025, 6, 30)
NO_PDS = pa.table({"buyer_id": pa.array([], pa.string()), "pd": pa.array([], pa.float64())})


def at(day, hour=9):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def order(order_id, exporter, buyer, day, amount, **change):
    row = {
        "order_id": order_id,
        "exporter_id": exporter,
        "buyer_id": buyer,
        "ordered_on": day,
        "due_on": day + timedelta(days=30),
        "amount_minor": amount,
        "currency": "USD",
        "recorded_at": at(day),
    }
    return row | change


def claim(claim_id, order_id, day, **change):
    papers = {"has_orders": True, "has_customs": True, "has_communications": True}
    row = {"claim_id": claim_id, "order_id": order_id, "filed_on": day, "loss_minor": 1, "currency": "USD"}
    return row | papers | {"recorded_at": at(day)} | change


@pytest.fixture
def book(tmp_path):
    early, late = date(2025, 1, 10), date(2025, 6, 20)
    orders = [
        order("o1", "e1", "b1", early, 100_00, customs_no="c1"),
        order("o2", "e1", "b2", early, 300_00),
        order("o3", "e1", "b2", late, 600_00),
        order("o4", "e2", "b1", date(2023, 1, 1), 50_00),
        order("o5", "e1", "b1", early, 10**9, recorded_at=at(DAY + timedelta(days=1), 0)),
    ]
    payments = [
        {"payment_id": f"p{n}", "order_id": o, "paid_on": d, "amount_minor": a, "currency": "USD", "recorded_at": at(d)}
        for n, (o, d, a) in enumerate([("o1", date(2025, 2, 1), 100_00), ("o2", date(2025, 2, 1), 60_00)])
    ]
    claims = [
        claim("k1", "o2", date(2025, 5, 1)),
        claim("k1", "o2", date(2025, 5, 1), outcome="rejected", recorded_at=at(DAY + timedelta(days=1), 0)),
        claim("k2", "o1", date(2025, 5, 2), has_customs=False),
    ]
    names = [
        {"buyer_id": "b1", "name": "x", "country": country, "recorded_at": at(day)}
        for country, day in (("AE", early), ("SA", late), ("US", DAY + timedelta(days=1)))
    ]
    for table, rows in ((ORDERS, orders), (PAYMENTS, payments), (CLAIMS, claims), (BUYERS, names)):
        write_table(tmp_path, table, pa.Table.from_pylist(rows, schema=table.arrow))
    connection = connect()
    open_book(tmp_path, connection)
    return connection


def test_a_record_holds_what_was_known_and_matured(book):
    first, second = exporter_records(book, DAY, 365, 60, NO_PDS)
    assert (first.exporter_id, first.orders, first.trade, first.tenure_days) == ("e1", 3, 1000_00, 171)
    assert (first.documented_orders, first.claims, first.documented_claims) == (1, 2, 1)
    assert (first.matured_orders, first.matured_trade, first.lost) == (2, 400_00, 240_00)
    assert (first.disputes, first.top_buyer_trade, first.buyer_pd) == (1, 900_00, None)
    assert (second.exporter_id, second.orders, second.tenure_days) == ("e2", 0, 911)


def test_the_window_is_counted_back_from_the_day(book):
    assert [each.orders for each in exporter_records(book, DAY, 11, 60, NO_PDS)] == [1, 0]
    assert [each.orders for each in exporter_records(book, DAY, 10, 60, NO_PDS)] == [0, 0]


def test_buyers_weigh_by_trade(book):
    pds = pa.table({"buyer_id": ["b1", "b2"], "pd": [0.1, 0.2]})
    assert exporter_records(book, DAY, 365, 60, pds)[0].buyer_pd == pytest.approx(0.19)


def test_an_amount_without_a_rate_is_named_and_an_order_dated_later_waits(tmp_path):
    day = date(2025, 1, 10)
    later = order("o2", "e2", "b1", DAY + timedelta(days=1), 1, recorded_at=at(DAY))
    for currency in ("USD", "AED"):
        rows = [order("o1", "e1", "b1", day, 1, currency=currency), later]
        write_table(tmp_path, ORDERS, pa.Table.from_pylist(rows, schema=ORDERS.arrow))
        connection = connect()
        open_book(tmp_path, connection)
        if currency == "USD":
            assert [each.exporter_id for each in exporter_records(connection, DAY, 365, 60, NO_PDS)] == ["e1"]
        else:
            with pytest.raises(BookError, match="order o1: AED has no ECB rate on 2025-01-10"):
                exporter_records(connection, DAY, 365, 60, NO_PDS)


def test_circumstances_are_those_known_on_the_day(book):
    found = circumstances(book, DAY, {"e1"}).to_pylist()
    assert found == [
        {"buyer_id": "b1", "country": "SA", "whitelisted_bp": 10_000},
        {"buyer_id": "b2", "country": "ZZ", "whitelisted_bp": 10_000},
    ]
    assert [row["whitelisted_bp"] for row in circumstances(book, DAY).to_pylist()] == [0, 0]
    assert circumstances(book, date(2025, 6, 1)).to_pylist()[0]["country"] == "AE"


def test_an_order_corrected_to_prepaid_was_not_sold_on_credit(book):
    before = exporter_records(book, DAY, 365, 60, NO_PDS)[0]
    corrected = at(date(2025, 1, 13))
    book.execute(
        "CREATE OR REPLACE TEMP TABLE orders AS SELECT * FROM orders UNION ALL BY NAME "
        "SELECT * REPLACE (ordered_on AS due_on, CAST(? AS TIMESTAMPTZ) AS recorded_at) FROM orders "
        "WHERE order_id = 'o2'",
        [corrected],
    )
    after = exporter_records(book, DAY, 365, 60, NO_PDS)[0]
    assert (before.orders, before.trade, before.matured_trade, before.lost) == (3, 1000_00, 400_00, 240_00)
    assert (after.orders, after.trade, after.matured_trade, after.lost) == (2, 700_00, 100_00, 0)
    # Until it was recorded, the correction was not known.
    assert exporter_records(book, date(2025, 1, 12), 365, 60, NO_PDS)[0].orders == 2
