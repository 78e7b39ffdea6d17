"""Small random books with every awkward case, as plain rows that tests may alter before writing them."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from features.book.folder import write_table
from features.book.tables import TABLES

Rows = dict[str, list[dict[str, Any]]]

FIRST = date(2023, 1, 1)
SPAN_DAYS = 800


def at(day: date, seconds: int) -> datetime:
    """Tell the instant so many seconds into a day, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds)


def random_book(seed: int, buyers: int = 12, orders: int = 150) -> Rows:
    """Draw a book: prompt, late and vanished buyers, payments in parts, other currencies, corrected versions."""
    draw = random.Random(seed)
    rows: Rows = {name: [] for name in TABLES}
    for n in range(buyers):
        for variant in range(draw.choice((1, 1, 2))):
            rows["buyers"].append(_buyer(draw, n, variant))
    for n in range(orders):
        _order(draw, rows, f"O{n:04}", f"B{draw.randrange(buyers - 1):03}")
    return rows


def corrected_late(seed: int, buyers: int = 8, orders: int = 60) -> Rows:
    """Draw a book in which a third of the orders and payments are recorded again, unchanged, a year or two later."""
    draw = random.Random(seed)
    rows = random_book(seed, buyers, orders)
    for name in ("orders", "payments"):
        for row in [row for row in rows[name] if draw.random() < 0.3]:
            later = row["recorded_at"] + timedelta(days=draw.choice((300, 500, 800)))
            rows[name].append({**row, "recorded_at": later})
    return rows


def write_book(folder: Path, rows: Rows, seed: int = 0) -> Path:
    """Write the rows as a book, in an order of the seed's choosing."""
    for name, table in TABLES.items():
        shuffled = random.Random(seed).sample(rows[name], len(rows[name]))
        full = [{column: row.get(column) for column in table.columns} for row in shuffled]
        write_table(folder, table, pa.Table.from_pylist(full, schema=table.arrow))
    return folder


def _soon(draw: random.Random, day: date) -> datetime:
    # Late evening and the very first and last second of a day are where time zones bite.
    days_later = draw.choice((0, 0, 0, 1, 2, 10))
    return at(day + timedelta(days=days_later), draw.choice((0, 1, 3600, 43200, 86399, draw.randrange(86400))))


def _buyer(draw: random.Random, n: int, variant: int) -> dict[str, Any]:
    joined = FIRST + timedelta(days=draw.randrange(SPAN_DAYS) if variant else 0)
    return {
        "buyer_id": f"B{n:03}",
        "name": f"Buyer {n}" + " Ltd" * variant,
        "country": draw.choice(("US", "DE", "NG")) if variant == 0 else "US",
        "registration_no": draw.choice((None, f"R{n}")),
        "recorded_at": _soon(draw, joined),
    }


def _order(draw: random.Random, rows: Rows, order_id: str, buyer_id: str) -> None:
    ordered_on = FIRST + timedelta(days=draw.randrange(SPAN_DAYS))
    currency = draw.choice(("USD", "USD", "EUR", "JPY"))
    order: dict[str, Any] = {
        "order_id": order_id,
        "exporter_id": f"E{draw.randrange(5)}",
        "buyer_id": buyer_id,
        "ordered_on": ordered_on,
        "due_on": ordered_on + timedelta(days=draw.choice((0, 30, 30, 60, 90))),
        "amount_minor": draw.choice((1, 99, 100_000, draw.randrange(1, 10_000_000))),
        "currency": currency,
        "recorded_at": _soon(draw, ordered_on),
    }
    rows["orders"].append(order)
    if draw.random() < 0.15:
        changed_at = order["recorded_at"] + timedelta(seconds=draw.choice((1, 86_400, 40 * 86_400, 500 * 86_400)))
        correction = {"amount_minor": draw.randrange(1, 5_000_000), "buyer_id": draw.choice((buyer_id, "B000"))}
        rows["orders"].append({**order, **correction, "recorded_at": changed_at})
    _payments(draw, rows, order)
    _trouble(draw, rows, order)


def _payments(draw: random.Random, rows: Rows, order: dict[str, Any]) -> None:
    parts = draw.choice((0, 1, 1, 1, 1, 2, 3))
    left = order["amount_minor"]
    for part in range(parts):
        amount = left if part == parts - 1 else left // 2
        left -= amount
        paid_on = max(order["ordered_on"], order["due_on"] + timedelta(days=draw.choice((-10, 0, 1, 5, 45, 120))))
        payment: dict[str, Any] = {
            "payment_id": f"P{order['order_id']}{part}",
            "order_id": order["order_id"],
            "paid_on": paid_on,
            "amount_minor": max(1, amount),
            "currency": order["currency"] if draw.random() < 0.9 else "USD",
            "recorded_at": _soon(draw, paid_on),
        }
        rows["payments"].append(payment)
        if draw.random() < 0.1:
            corrected_at = payment["recorded_at"] + timedelta(seconds=draw.choice((60, 20 * 86_400, 500 * 86_400)))
            rows["payments"].append({**payment, "amount_minor": 1 + amount // 3, "recorded_at": corrected_at})


def _trouble(draw: random.Random, rows: Rows, order: dict[str, Any]) -> None:
    if draw.random() < 0.2:
        reported_on = order["due_on"] + timedelta(days=draw.choice((1, 15, 60)))
        notice = {"order_id": order["order_id"], "reported_on": reported_on, "currency": order["currency"]}
        recorded = {"amount_minor": order["amount_minor"], "recorded_at": _soon(draw, reported_on)}
        rows["overdue_notices"].append({**notice, **recorded})
    if draw.random() < 0.15:
        _claim(draw, rows, order)


def _claim(draw: random.Random, rows: Rows, order: dict[str, Any]) -> None:
    filed_on = order["due_on"] + timedelta(days=draw.choice((60, 90)))
    claim = {
        "claim_id": f"C{order['order_id']}",
        "order_id": order["order_id"],
        "filed_on": filed_on,
        "loss_minor": order["amount_minor"],
        "currency": order["currency"],
        "has_orders": True,
        "has_customs": draw.random() < 0.7,
        "has_communications": draw.random() < 0.7,
        "recorded_at": _soon(draw, filed_on),
    }
    rows["claims"].append(claim)
    if draw.random() < 0.7:
        decided_on = filed_on + timedelta(days=draw.choice((0, 30)))
        outcome = draw.choice(("accepted", "accepted", "rejected", "withdrawn"))
        paid = order["amount_minor"] * 45 // 100 if outcome == "accepted" else 0
        decision = {
            "decided_on": decided_on,
            "outcome": outcome,
            "compensated_minor": paid,
            "recovered_minor": paid // 4,
        }
        decided_at = max(claim["recorded_at"], _soon(draw, decided_on)) + timedelta(seconds=1)
        rows["claims"].append({**claim, **decision, "recorded_at": decided_at})
