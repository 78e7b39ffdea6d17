"""A day's trade under cover: buyers of the market order again what they ordered lately, and most of it is shipped."""

from dataclasses import dataclass
from datetime import date, timedelta

from anyio import CapacityLimiter, create_task_group
from psycopg.rows import class_row

from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.ledger.checks import OrderCheck, check_orders
from serving.ledger.covers import record
from serving.ledger.events import Ship

PLATFORM = "market platform"
_SINCE = timedelta(days=45)
_MOST, _BATCH, _AT_ONCE = 1_500, 500, 6
_LEFT_RESERVED = 5  # every fifth cover is not shipped yet


@dataclass(frozen=True, slots=True)
class _Open:
    order_id: str
    exporter_id: str
    buyer_id: str
    amount_minor: int
    currency: str
    shipped_on: date
    due_on: date

    @property
    def check(self) -> OrderCheck:
        """What the platform asks of it."""
        terms = (self.due_on - self.shipped_on).days
        return OrderCheck(
            f"DEMO-{self.order_id}",
            self.exporter_id,
            self.buyer_id,
            self.amount_minor,
            self.currency,
            terms,
            accept_partial=True,
        )


async def cover_days_trade(pool: Pool, day: date) -> dict[str, int]:
    """Check orders like those that are open in the book, ship most that got cover; give how many of each decision."""
    orders = await run(pool, lambda connection: _open_orders(connection, day))
    told: dict[str, int] = {}
    given: list[tuple[_Open, int]] = []
    for start in range(0, len(orders), _BATCH):
        batch = orders[start : start + _BATCH]
        decisions = await check_orders(pool, [each.check for each in batch], PLATFORM)
        for order, decision in zip(batch, decisions, strict=True):
            told[decision.decision] = told.get(decision.decision, 0) + 1
            if decision.cover_id is not None and decision.cover_id % _LEFT_RESERVED:
                given.append((order, decision.cover_id))
    at_once = CapacityLimiter(_AT_ONCE)

    async def ship(order: _Open, cover_id: int) -> None:
        async with at_once:
            shipped = Ship(event_id="shipped", amount_minor=order.amount_minor, shipped_on=day, final=True)
            await record(pool, cover_id, shipped, PLATFORM)

    async with create_task_group() as group:
        for order, cover_id in given:
            group.start_soon(ship, order, cover_id)
    return told


async def _open_orders(connection: Connection, day: date) -> list[_Open]:
    async with connection.cursor(row_factory=class_row(_Open)) as cursor:
        await cursor.execute(query("demo_open_orders"), {"since": day - _SINCE, "day": day, "most": _MOST})
        return await cursor.fetchall()
