"""A book that reaches to yesterday, its champion, and covers on it that go wrong and right."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg

from features.catalogue import CATALOGUE
from features.snapshot import snapshot
from models.bundle import Bundle, write_bundle
from models.champion import install
from models.matrix import to_matrix
from models.pd.constant import ConstantPd
from serving.database.pool import open_pool
from serving.ledger.checks import check_orders
from serving.ledger.covers import record
from serving.ledger.events import Claim, Event, Overdue, Settle, Ship
from serving.ledger.verify import verify
from tests.serving.ledger.asking import SETTINGS, order
from tests.training import books

NAMES = tuple(feature.name for feature in CATALOGUE)
NOW = datetime.now(UTC)
TODAY = NOW.date()
LONG_AGO = NOW - timedelta(days=60)
BUYERS = 24
DONE = "SELECT cause, outcome FROM ledger.rescores WHERE done_at IS NOT NULL ORDER BY rescore_id"
IN_FORCE = "SELECT status, source, amount_cents FROM ledger.limit_in_force(%s, %s, clock_timestamp())"


def write_living_book(folder: Path) -> Path:
    """Every third buyer pays its monthly orders weeks late."""
    orders, payments = [], []
    for buyer in range(BUYERS):
        for month in range(1, 16):
            day, name = TODAY - timedelta(days=30 * month + buyer), f"past-{buyer}-{month}"
            orders.append(books.order(name, f"b{buyer:03}", day, amount=200_000))
            paid_on = day + timedelta(days=50 if buyer % 3 == 0 else 28)
            if paid_on < TODAY:
                payments.append(books.payment(f"p-{name}", name, paid_on, 200_000))
    return books.write_book(folder, orders, payments)


def install_champion(book: Path, home: Path) -> Path:
    """A champion to which all buyers are alike, so that limits follow their trade."""
    seen = to_matrix(snapshot(book, [TODAY - timedelta(days=1)]), NAMES)
    defaults = np.zeros(100 * len(seen))
    defaults[::100] = 1
    model = ConstantPd().fit(np.repeat(seen, 100, axis=0), defaults)
    write_bundle(Bundle(TODAY, 90, {}, NAMES, model), home / "bundle")
    install(home / "bundle", "7", home)
    return home


def shipped_cover(url: str, buyer: str, order_id: str = "o1", amount: int = 400_000) -> int:
    """A cover given two months ago on terms of a month, shipped the day after."""

    async def go() -> int:
        async with open_pool(url, SETTINGS) as pool:
            asked = order(order_id, buyer_id=buyer, amount_minor=amount, terms_days=30)
            (given,) = await check_orders(pool, [asked], "test", LONG_AGO)
            assert given.cover_id is not None
            day = (LONG_AGO + timedelta(days=1)).date()
            shipped = Ship(event_id=f"ship-{order_id}", amount_minor=amount, shipped_on=day)
            await record(pool, given.cover_id, shipped, "test", LONG_AGO + timedelta(days=1))
            return given.cover_id

    return asyncio.run(go())


def happen(url: str, cover_id: int, *events: Event) -> None:
    """Record events now."""

    async def go() -> None:
        async with open_pool(url, SETTINGS) as pool:
            for event in events:
                await record(pool, cover_id, event, "test")

    asyncio.run(go())


def overdue(name: str = "n") -> Overdue:
    return Overdue(event_id=name, amount_minor=1, reported_on=TODAY)


def paid(amount: int = 400_000, name: str = "pay") -> Settle:
    return Settle(event_id=name, amount_minor=amount, paid_on=TODAY)


def claim(name: str = "claim", amount: int = 400_000) -> Claim:
    return Claim(
        event_id=name, filed_on=TODAY, loss_minor=amount, has_orders=True, has_customs=True, has_communications=True
    )


def in_force(sql, buyer):
    return sql(IN_FORCE, buyer, TODAY)[0]


def broken(database):
    with psycopg.connect(database, autocommit=True) as connection:
        return [check for check in verify(connection) if check.broken]


def override(sql, amount, status="approved"):
    sql(
        "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, recorded_by)"
        " VALUES ('b001', %s, %s, 'underwriter', %s, %s, 'somebody')",
        amount, status, TODAY, TODAY.replace(year=TODAY.year + 1),
    )  # fmt: skip
