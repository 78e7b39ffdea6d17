"""Claims: covers of months ago on buyers who then did not pay, reported overdue and claimed; one of them is decided."""

from datetime import UTC, date, datetime, time, timedelta

from psycopg.rows import dict_row

from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.demo.covers import PLATFORM
from serving.ledger.checks import OrderCheck, check_orders
from serving.ledger.claims import decide_claim, recover
from serving.ledger.covers import record
from serving.ledger.events import Claim, ClaimDecision, Event, Overdue, Recovery, Ship

# Days before today: order and cover, shipment, what follows; terms of a month.
_ORDERED, _SHIPPED, _OVERDUE, _FILED = 110, 108, 60, 6
_TERMS = 30
_AMOUNTS = (420_000, 365_000, 288_000, 450_000)
_LATELY = timedelta(days=150)


async def file_claims(pool: Pool, decides: Principal, day: date, spared: list[str]) -> list[str]:
    """Let exporters claim what buyers in trouble owe; the last claim is decided and partly recovered.

    Args:
        pool: connections.
        decides: who decides it.
        day: today.
        spared: buyers who are to stay out of trouble, for other stories are theirs.

    Returns:
        The claims' ids.
    """

    async def in_trouble(connection: Connection) -> list[dict[str, str]]:
        wanted = {"since": day - _LATELY, "most": len(_AMOUNTS), "spared": spared}
        async with connection.cursor(row_factory=dict_row) as cursor:
            return await (await cursor.execute(query("demo_unpaid"), wanted)).fetchall()

    filed = []
    for place, (row, amount) in enumerate(zip(await run(pool, in_trouble), _AMOUNTS, strict=False)):
        order = OrderCheck(f"DEMO-LOST-{place + 1}", row["exporter_id"], row["buyer_id"], amount, "USD", _TERMS, False)
        (given,) = await check_orders(pool, [order], PLATFORM, _at(day, _ORDERED))
        if given.cover_id is None:
            continue
        for ago, event in _life(order, day, is_complete=place != 1):
            await record(pool, given.cover_id, event, PLATFORM, _at(day, ago))
        filed.append(f"CL-{order.order_id}")
    if len(filed) > 1:
        await _decide(pool, decides, filed[-1], day, _AMOUNTS[-1])
    return filed


def _life(order: OrderCheck, day: date, *, is_complete: bool) -> list[tuple[int, Event]]:
    """Give what happened to an order that was not paid, each with how many days ago."""
    shipped, overdue, filed = (day - timedelta(days=ago) for ago in (_SHIPPED, _OVERDUE, _FILED))
    claim = Claim(
        event_id=f"CL-{order.order_id}", filed_on=filed, loss_minor=order.amount_minor,
        has_orders=True, has_customs=is_complete, has_communications=True,
    )  # fmt: skip
    return [
        (_SHIPPED, Ship(event_id="shipped", amount_minor=order.amount_minor, shipped_on=shipped, final=True)),
        (_OVERDUE, Overdue(event_id="overdue", amount_minor=order.amount_minor, reported_on=overdue)),
        (_FILED, claim),
    ]


async def _decide(pool: Pool, by: Principal, claim_id: str, day: date, loss_minor: int) -> None:
    decision = ClaimDecision(
        event_id="demo-decision", outcome="accepted", decided_on=day, reason="Documents complete, buyer cannot be found"
    )
    await decide_claim(pool, by, claim_id, decision)
    await recover(pool, by, claim_id, Recovery(event_id="demo-money", amount_minor=loss_minor // 5, received_on=day))


def _at(day: date, ago: int) -> datetime:
    """Give an instant of a past day, as the platform would have recorded it."""
    return datetime.combine(day - timedelta(days=ago), time(9), UTC)
