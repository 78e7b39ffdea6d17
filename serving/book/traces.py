"""What the book knows of one order or one exporter: where a figure of the console leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from psycopg.rows import class_row, dict_row

from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """Something that happened to an order after its shipment; minor units of the currency."""

    event: str
    event_id: str
    happened_on: date
    amount_minor: int
    currency: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class BookOrder:
    """An order as it was last recorded; minor units of its currency."""

    order_id: str
    buyer_id: str
    buyer: str | None
    exporter_id: str
    exporter: str | None
    ordered_on: date
    shipped_on: date | None
    due_on: date
    amount_minor: int
    currency: str
    category: str | None
    customs_no: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ExporterRecord:
    """An exporter with its standing today and what is outstanding for it, US cents.

    Attributes:
        buyers: one row each: `buyer_id`, `name`, `orders`, `last_on`, `covers`, `exposure_cents`.
    """

    exporter_id: str
    name: str
    registered_on: date
    standing: str
    valid_from: date | None
    reason: str | None
    exposure_cents: int
    buyers: Sequence[dict[str, Any]] = ()


async def read_order(pool: Pool, principal: Principal, order_id: str) -> tuple[BookOrder | None, list[OrderEvent]]:
    """Read an order and what happened to it; None where the book does not have it (yet).

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "get_order_check")
    wanted = {"order_id": order_id}

    async def ask(connection: Connection) -> tuple[BookOrder | None, list[OrderEvent]]:
        async with connection.cursor(row_factory=class_row(BookOrder)) as cursor:
            order = await (await cursor.execute(query("order_in_book"), wanted)).fetchone()
        async with connection.cursor(row_factory=class_row(OrderEvent)) as cursor:
            return order, await (await cursor.execute(query("order_events"), wanted)).fetchall()

    return await run(pool, ask)


async def read_names(pool: Pool, buyer_id: str, exporter_id: str) -> tuple[str, str]:
    """Give the newest names of an order's two sides; the id of one that the book does not know."""

    async def ask(connection: Connection) -> tuple[str, str]:
        wanted = {"buyer_id": buyer_id, "exporter_id": exporter_id}
        row = await (await connection.execute(query("names_of_sides"), wanted)).fetchone()
        assert row is not None, "the statement gives one row"
        return row[0] or buyer_id, row[1] or exporter_id

    return await run(pool, ask)


async def read_exporter(pool: Pool, principal: Principal, exporter_id: str) -> ExporterRecord:
    """Read an exporter and its buyers.

    Raises:
        ForbiddenError: the role may not.
        NotFoundError: the book does not know it.
    """
    require(principal, "get_portfolio")
    wanted = {"exporter_id": exporter_id, "today": datetime.now(UTC).date()}

    async def ask(connection: Connection) -> ExporterRecord:
        async with connection.cursor(row_factory=dict_row) as cursor:
            found = await (await cursor.execute(query("exporter_in_book"), wanted)).fetchone()
            if found is None:
                raise NotFoundError("exporter", exporter_id, "is not in the book", "find it on the book's page")
            buyers = await (await cursor.execute(query("exporter_buyers"), wanted)).fetchall()
        return ExporterRecord(**found, buyers=buyers)

    return await run(pool, ask)
