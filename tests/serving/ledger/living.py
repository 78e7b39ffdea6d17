"""A small ledger in which everything happens that moves money: what the tests of verification tamper with."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from pyarrow import Table

from features.book.folder import write_table
from features.book.tables import BUYERS
from serving.access.principal import Principal
from serving.book.load import load_book
from serving.buyers.merging import merge, split
from serving.database.pool import Pool
from serving.desk.asks import Override, Ruling
from serving.desk.decide import decide
from serving.ledger.checks import check_orders
from serving.ledger.claims import decide_claim, recover
from serving.ledger.covers import expire_reservations, record
from serving.ledger.events import Claim, ClaimDecision, Event, Overdue, Recovery, Release, Settle, Ship
from tests.serving.desk.desks import LI, WANG, ZHAO, Desk, on_pool
from tests.serving.ledger.asking import order
from tests.serving.ledger.test_checks import set_limit
from tests.training import books

TODAY = datetime.now(UTC).date()
SENIOR = Principal("anna", "senior")
DOCUMENTS = {"has_orders": True, "has_customs": True, "has_communications": True}
ORDERS = [
    order("claimed", amount_minor=100_000, terms_days=0),
    order("partly", buyer_id="b2", amount_minor=300_000, accept_partial=True),
    order("euros", buyer_id="b4", currency="EUR", amount_minor=30_001),
    order("released", buyer_id="b4", exporter_id="e2", amount_minor=20_000),
    order("expired", buyer_id="b5", amount_minor=10_000),
    order("rejected", buyer_id="b6", amount_minor=40_000),
    order("declined", buyer_id="b7", amount_minor=10**9),
    order("referred", buyer_id="b3", exporter_id="e3", amount_minor=2_100_000),
]


def write_market(folder: Path) -> Path:
    """A buyer that paid in euros half a year ago, and one that did not."""
    past = TODAY - timedelta(days=200)
    sold = [books.order(f"past-{buyer}", buyer, past, amount=70_000, currency="EUR") for buyer in ("b1", "b4")]
    named = [{"buyer_id": "b1", "name": "Acme", "country": "DE", "recorded_at": books.at(past)}]
    paid = books.payment("past-p", "past-b1", past + timedelta(days=40), 70_000, currency="EUR")
    write_table(folder, BUYERS, Table.from_pylist(named, schema=BUYERS.arrow))
    return books.write_book(folder, sold, [paid])


def live(url: str, sql: Callable[..., list[tuple[Any, ...]]], folder: Path) -> None:
    """Let buyers order, exporters ship, some pay and some not, persons decide, and firms become one and two."""
    with psycopg.connect(url, autocommit=True) as connection:
        load_book(write_market(folder), connection)
    for buyer, amount in (("b1", 5_000_000), ("b2", 200_000), ("b3", 5_000_000)):
        set_limit(sql, buyer, amount)
    desk = Desk(url, (TODAY + timedelta(days=30)).isoformat())
    desk.say(WANG, desk.propose(LI, _limit(desk, 8_000_000, "e1"), "b3"), "approved")
    desk.propose(LI, _limit(desk, 400_000, "e2"), "b5")
    desk.say(LI, desk.propose(LI, _limit(desk, 300_000, "e3"), "b5"), "undone")
    on_pool(url, _trade)
    (clearing,) = sql("SELECT proposal_id FROM desk.proposals WHERE kind = 'referral'")
    on_pool(url, lambda pool: _clear(pool, clearing[0]))


async def _clear(pool: Pool, proposal_id: int) -> None:
    for person in (LI, ZHAO):
        await decide(pool, person, proposal_id, Ruling(verdict="approved", reason="contracts seen"))


def _limit(desk: Desk, amount: int, event_id: str) -> Override:
    said = {"event_id": event_id, "reason": "contracts seen", "amount_minor": amount, "valid_to": desk.until}
    return Override.model_validate(said)


async def _trade(pool: Pool) -> None:
    given = {each.order_id: each.cover_id for each in await check_orders(pool, ORDERS, "test")}
    for order_id, event in _events():
        cover_id = given[order_id]
        assert cover_id is not None, order_id
        await record(pool, cover_id, event, "test")
    await merge(pool, SENIOR, "b4", "b5", "one firm")
    await record(pool, given["euros"] or 0, Settle(event_id="p2", amount_minor=5_000, paid_on=TODAY), "test")
    await split(pool, SENIOR, "b4", "two firms")
    await merge(pool, SENIOR, "b2", "b8", "one firm")
    decision = ClaimDecision(event_id="d", outcome="accepted", decided_on=TODAY, reason="documents seen")
    await decide_claim(pool, LI, "CL", decision)
    await recover(pool, LI, "CL", Recovery(event_id="v", amount_minor=20_001, received_on=TODAY))
    await decide_claim(pool, LI, "CR", decision.model_copy(update={"outcome": "rejected"}))
    end = datetime.now(UTC) + timedelta(days=60)
    await expire_reservations(pool, end)


def _events() -> list[tuple[str, Event]]:
    late = TODAY + timedelta(days=1)  # that day has begun in Yiwu before it does in UTC
    return [
        ("claimed", Ship(event_id="s", amount_minor=100_000, shipped_on=TODAY)),
        ("claimed", Settle(event_id="p1", amount_minor=40_000, paid_on=TODAY)),
        ("claimed", Overdue(event_id="n", amount_minor=60_000, reported_on=late)),
        ("claimed", Claim(event_id="CL", filed_on=TODAY, loss_minor=60_000, **DOCUMENTS)),
        ("partly", Ship(event_id="s", amount_minor=250_000, shipped_on=TODAY, final=False)),
        ("euros", Ship(event_id="s", amount_minor=30_001, shipped_on=TODAY)),
        ("released", Release(event_id="r")),
        ("rejected", Ship(event_id="s", amount_minor=40_000, shipped_on=TODAY)),
        ("rejected", Claim(event_id="CR", filed_on=TODAY, loss_minor=40_000, **DOCUMENTS)),
    ]  # fmt: skip
