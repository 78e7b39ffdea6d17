"""Look-ups: was this order covered at that moment, and why; covers with their lives; a buyer's limits over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg.rows import class_row, dict_row

from models.reasons import Reason
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.errors import NotFoundError
from serving.ledger.checks import Decision, DecisionWord
from serving.ledger.cover import Cover, after_recorded
from serving.ledger.events import EVENTS, Event


@dataclass(frozen=True, slots=True)
class CheckedOrder:
    """One order's check as the ledger keeps it; `_cents` are US cents, `_minor` of the order's currency.

    Attributes:
        cleared_as: the name under which the order was checked once more after its referral was approved.
        proposal_id: the referral on the desk.
        asked_by, asked_by_key: who asked, and the number of the key that had that name then; a check from before this
            was kept, and that gave no cover, has none.
        is_replayed: whether the decision follows again from what is stored with it.
    """

    order_id: str
    exporter_id: str
    buyer_id: str
    amount_minor: int
    currency: str
    terms_days: int
    accept_partial: bool
    decision: DecisionWord
    cover_id: int | None
    covered_minor: int
    available_minor: int
    rate_bp: int
    expires_at: datetime | None
    reasons: list[str]
    decided_at: datetime
    amount_cents: int
    covered_cents: int
    usd_rate: Decimal
    usd_rate_on: date
    policy_version: str
    identity_id: str
    country: str
    limit_id: int | None
    limit_cents: int
    limit_status: str
    limit_grade: str | None
    limit_until: date | None
    country_ceiling_cents: int
    buyer_room_cents: int
    exporter_room_cents: int
    country_room_cents: int
    year_room_cents: int
    first_time_exporters: int
    largest_paid_cents: int
    cleared_as: str | None
    proposal_id: int | None
    asked_by: str | None
    asked_by_key: int | None
    is_replayed: bool

    @property
    def answer(self) -> Decision:
        """The answer as it was given."""
        told = {name: getattr(self, name) for name in Decision._fields if hasattr(self, name)}
        return Decision(place=1, same_body=True, **told)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a cover; amounts are US cents, details as they were reported."""

    cover_id: int
    seq: int
    event: str
    event_id: str | None
    details: dict[str, Any] | None
    exposure_cents: int
    year_cents: int
    happened_on: date
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Life:
    """A cover as known at an instant, and what had happened to it by then."""

    cover: Cover
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class PastLimit:
    """One version of a limit; amounts are US cents."""

    limit_id: int
    amount_cents: int
    status: str
    source: str
    valid_from: date
    valid_to: date | None
    grade: str | None
    pd: float | None
    policy_version: str | None
    model_version: str | None
    reasons: list[dict[str, Any]]
    recorded_by: str
    recorded_at: datetime

    @property
    def explained(self) -> list[Reason]:
        """Its reasons, the weightiest first."""
        return [Reason(each["code"], each.get("facts", {}), each.get("weight", 0.0)) for each in self.reasons]


async def find_order_check(pool: Pool, order_id: str, known_at: datetime) -> tuple[CheckedOrder, CheckedOrder | None]:
    """Find an order's check, and the one after its referral was approved, as known at an instant.

    Raises:
        NotFoundError: the order had not been checked by then.
    """

    async def ask(connection: Connection) -> tuple[CheckedOrder, CheckedOrder | None]:
        first = await _check(connection, order_id, known_at)
        if first is None:
            raise NotFoundError("order", order_id, f"had not been checked by {known_at:%Y-%m-%d %H:%M}Z", "check it")
        return first, None if first.cleared_as is None else await _check(connection, first.cleared_as, known_at)

    return await run(pool, ask)


async def find_cover(pool: Pool, cover_id: int, known_at: datetime) -> Life:
    """Find a cover as known at an instant.

    Raises:
        NotFoundError: there was no such cover by then.
    """

    async def ask(connection: Connection) -> Life:
        async with connection.cursor(row_factory=dict_row) as cursor:
            row = await (await cursor.execute(query("read_cover"), [cover_id])).fetchone()
        if row is None or row["decided_at"] > known_at:
            raise NotFoundError("cover", cover_id, "is not known", "use the cover_id of an order check's answer")
        return (await _lives(connection, [row], known_at))[0]

    return await run(pool, ask)


async def list_covers(
    pool: Pool,
    known_at: datetime,
    *,
    buyer_id: str | None = None,
    exporter_id: str | None = None,
    is_open: bool = False,
    before: int | None = None,
    most: int = 50,
) -> list[Life]:
    """List covers, newest first: of a buyer's identity, of an exporter, or only those with something outstanding."""
    filters = {
        "buyer_id": buyer_id,
        "exporter_id": exporter_id,
        "is_open": is_open,
        "before": before,
        "most": most,
        "known_at": known_at,
    }

    async def ask(connection: Connection) -> list[Life]:
        async with connection.cursor(row_factory=dict_row) as cursor:
            rows = await (await cursor.execute(query("list_covers"), filters, prepare=False)).fetchall()
        return await _lives(connection, [row for row in rows if row["decided_at"] <= known_at], known_at)

    return await run(pool, ask)


async def limit_history(
    pool: Pool, buyer_id: str, known_at: datetime, before: int | None = None, most: int = 50
) -> list[PastLimit]:
    """List the versions of a limit of a buyer's identity, as known at an instant, newest first."""
    # The last instant of the calendar has none after it, and nothing is recorded then.
    end = min(known_at, datetime.max.replace(tzinfo=UTC) - timedelta(microseconds=1)) + timedelta(microseconds=1)
    wanted = {"buyer_id": buyer_id, "end": end, "before": before, "most": most}

    async def ask(connection: Connection) -> list[PastLimit]:
        async with connection.cursor(row_factory=class_row(PastLimit)) as cursor:
            return await (await cursor.execute(query("limit_history"), wanted)).fetchall()

    return await run(pool, ask)


async def _check(connection: Connection, order_id: str, known_at: datetime) -> CheckedOrder | None:
    async with connection.cursor(row_factory=class_row(CheckedOrder)) as cursor:
        return await (await cursor.execute(query("order_check"), [order_id, known_at])).fetchone()


async def _lives(connection: Connection, rows: Sequence[dict[str, Any]], known_at: datetime) -> list[Life]:
    async with connection.cursor(row_factory=class_row(Entry)) as cursor:
        await cursor.execute(query("cover_life"), [[row["cover_id"] for row in rows]])
        entries = [entry for entry in await cursor.fetchall() if entry.recorded_at <= known_at]
    return [_life(Cover(**row), [each for each in entries if each.cover_id == row["cover_id"]]) for row in rows]


def _life(cover: Cover, entries: list[Entry]) -> Life:
    for entry in entries:
        if entry.event in EVENTS:
            cover = after_recorded(_event(entry), cover)
    return Life(cover, entries)


def _event(entry: Entry) -> Event:
    return EVENTS[entry.event].model_validate({"event_id": entry.event_id, **(entry.details or {})})
