"""A small book to learn from: buyers of two tempers, one of which pays late and then not at all."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from features.book.folder import write_table
from features.book.tables import ORDERS, PAYMENTS

FIRST, LAST = date(2023, 1, 1), date(2024, 12, 31)


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def order(
    order_id: str, buyer_id: str, ordered_on: date, terms: int = 30, amount: int = 100_000, **change: object
) -> dict[str, object]:
    row: dict[str, object] = {
        "order_id": order_id,
        "exporter_id": "e1",
        "buyer_id": buyer_id,
        "ordered_on": ordered_on,
        "due_on": ordered_on + timedelta(days=terms),
        "amount_minor": amount,
        "currency": "USD",
        "recorded_at": at(ordered_on),
    }
    return row | change


def payment(
    payment_id: str, order_id: str, paid_on: date, amount: int = 100_000, **change: object
) -> dict[str, object]:
    row: dict[str, object] = {
        "payment_id": payment_id,
        "order_id": order_id,
        "paid_on": paid_on,
        "amount_minor": amount,
        "currency": "USD",
        "recorded_at": at(paid_on),
    }
    return row | change


def write_book(folder: Path, orders: list[dict[str, object]], payments: list[dict[str, object]]) -> Path:
    write_table(folder, ORDERS, pa.Table.from_pylist(orders, schema=ORDERS.arrow))
    write_table(folder, PAYMENTS, pa.Table.from_pylist(payments, schema=PAYMENTS.arrow))
    return folder


def two_tempers(folder: Path, buyers: int = 120, seed: int = 1) -> Path:
    """Write two years of monthly orders; every third buyer is careless: late often, and sometimes never pays."""
    draw = Random(seed)
    orders: list[dict[str, object]] = []
    payments: list[dict[str, object]] = []
    for buyer in range(buyers):
        careless = buyer % 3 == 0
        day = FIRST + timedelta(days=draw.randrange(60))
        while day <= LAST:
            name = f"o{len(orders)}"
            orders.append(order(name, f"b{buyer:03}", day, amount=draw.randrange(50_000, 500_000)))
            late = draw.randrange(0, 40) if careless else draw.randrange(-5, 6)
            paid_on = day + timedelta(days=30 + late)
            if paid_on <= LAST and not (careless and draw.random() < 0.15):
                payments.append(payment(f"p{len(orders)}", name, paid_on, orders[-1]["amount_minor"]))  # type: ignore[arg-type]
            day += timedelta(days=draw.randrange(20, 41))
    return write_book(folder, orders, payments)


def slow_tempers(folder: Path) -> Path:
    """Give one order in a hundred of them 250 days to pay, which it never does, and record one payment late."""
    two_tempers(folder)
    orders, payments = (pq.read_table(folder / f"{name}.parquet").to_pylist() for name in ("orders", "payments"))
    for each in orders[::110]:
        each |= {"due_on": each["ordered_on"] + timedelta(days=250), "order_id": f"slow-{each['order_id']}"}
    for each in payments[::110]:
        each["recorded_at"] = at(min(each["paid_on"] + timedelta(days=300), LAST))
    return write_book(folder, orders, payments)
