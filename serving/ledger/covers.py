"""Events of covers, recorded: entry, counters and book in one transaction, once for each of the caller's keys."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from models.policy import policies
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.errors import NotFoundError, OtherBodyError, RefusedError
from serving.ledger.book import record_in_book
from serving.ledger.cover import Cover, after, after_recorded
from serving.ledger.events import EVENTS, Claim, ClaimDecision, Event, Expire, Overdue, Settle

# Shipments are reported late: a reservation is swept only when this long has passed after its end.
GRACE = timedelta(days=3)
# Events that may move the buyer's limit.
MOVING = (Settle, Overdue, Claim, ClaimDecision)


async def read_cover(pool: Pool, cover_id: int) -> Cover:
    """Read a cover as it is now.

    Raises:
        NotFoundError: there is no such cover.
    """

    async def ask(connection: Connection) -> Cover:
        cover, _ = await _fold(connection, cover_id, "read_cover")
        return cover

    return await run(pool, ask)


async def record(
    pool: Pool,
    cover_id: int,
    event: Event,
    recorded_by: str,
    at: datetime | None = None,
    claim_id: str | None = None,
) -> Cover:
    """Record an event and give the cover after it; an event that was recorded before changes nothing.

    Args:
        pool: connections to the ledger's database.
        cover_id: the cover.
        event: what happened.
        recorded_by: who reports it, for the ledger.
        at: the instant of recording; the database's clock by default.
        claim_id: the claim that it is about, of all that were ever filed on the cover; whichever stands by default.

    Raises:
        NotFoundError: there is no such cover.
        OtherBodyError: another event was recorded under the same key.
        RefusedError: the event does not fit the cover's state, or is still to come.
        UnavailableError: the database does not answer; asking again is safe.
    """

    async def write(connection: Connection) -> Cover:
        try:
            async with connection.transaction():
                return await record_event(connection, cover_id, event, recorded_by, at, claim_id)
        except psycopg.errors.UniqueViolation as error:
            if error.diag.constraint_name != "entries_named_once":
                raise
            raise OtherBodyError(event.word, event.event_id, "is recorded on another order", "use a new id") from error

    return await run(pool, write)


async def claim_cover(pool: Pool, claim_id: str) -> int:
    """Find the cover that a claim is on.

    Raises:
        NotFoundError: there is no such claim.
    """

    async def ask(connection: Connection) -> int:
        row = await (await connection.execute(query("claim_cover"), [claim_id])).fetchone()
        if row is None:
            raise NotFoundError("claim", claim_id, "is not known", "file it first")
        return int(row[0])

    return await run(pool, ask)


async def expire_reservations(pool: Pool, now: datetime, at: datetime | None = None) -> int:
    """Free what was not shipped in time; give the number of covers. Several processes may do so at once."""
    until = now - GRACE

    async def due(connection: Connection) -> list[int]:
        rows = await (await connection.execute(query("due_to_expire"), {"until": until})).fetchall()
        return [row[0] for row in rows]

    expired = 0
    for cover_id in await run(pool, due):
        try:
            await record(pool, cover_id, Expire(event_id="expiry"), "expiry", at)
            expired += 1
        except RefusedError:
            continue  # shipped or released since it was found: nothing is left to expire

    async def remember(connection: Connection) -> None:
        await connection.execute(query("swept"), {"until": until})

    await run(pool, remember)
    return expired


async def _fold(connection: Connection, cover_id: int, statement: str) -> tuple[Cover, list[Event]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query(statement), [cover_id])
        decision = await cursor.fetchone()
        if decision is None:
            raise NotFoundError("cover", cover_id, "is not known", "use the cover_id of an order check's answer")
        await cursor.execute(query("cover_events"), [cover_id])
        return folded(decision, await cursor.fetchall())


def folded(decision: dict[str, Any], entries: list[dict[str, Any]]) -> tuple[Cover, list[Event]]:
    """Make a cover of the rows of `read_cover` and `cover_events`; give it with its events."""
    events = [event_of(row) for row in entries]
    return reduce(lambda cover, event: after_recorded(event, cover), events, Cover(**decision)), events


def event_of(row: Mapping[str, Any]) -> Event:
    """Make an event of a row of its entry."""
    return EVENTS[row["event"]].model_validate({"event_id": row["event_id"], **(row["details"] or {})})


async def record_event(
    connection: Connection,
    cover_id: int,
    event: Event,
    recorded_by: str,
    at: datetime | None = None,
    claim_id: str | None = None,
) -> Cover:
    """Record an event as a part of the caller's transaction; for the rest see `record`."""
    if isinstance(event, MOVING):
        # Before the event gets its instant: one recorded while the limit is weighed would be taken as known then.
        await connection.execute(query("hold_limit_of_cover"), [cover_id])
    before, events = await _fold(connection, cover_id, "hold_cover")
    if _was_told(event, events, claim_id):
        return before
    _refuse_other_claim(before, claim_id)
    cover = after(event, before)
    await _refuse_taken_name(connection, event)
    row = await (await connection.execute(query("next_seq"), [cover_id])).fetchone()
    assert row is not None, "every cover has its reservation"
    posted = await connection.execute(
        query("post"),
        {
            "cover_id": cover_id,
            "seq": row[0],
            "event": event.word,
            "event_id": event.event_id,
            "exposure_cents": cover.exposure_cents - before.exposure_cents,
            "year_cents": cover.year_cents - before.year_cents,
            "happened_on": event.day,
            "details": Jsonb(event.model_dump(mode="json", exclude={"event_id"})),
            "by": recorded_by,
            "at": at,
        },
    )
    (recorded_at,) = await posted.fetchone() or (None,)
    assert recorded_at is not None, "post gives the instant of recording"
    _refuse_what_is_to_come(event, recorded_at)
    await record_in_book(connection, before, cover, event, recorded_at)
    if _may_move_limit(event, cover, events, recorded_at):
        await _have_weighed(connection, cover.buyer_id, event, recorded_by, recorded_at)
    if cover.state in {"settled", "rejected"} and not cover.owed_minor:
        paid = {"cents": cover.cents(cover.shipped_minor), "buyer_id": cover.buyer_id}
        await connection.execute(query("raise_largest_paid"), paid)
    return cover


def _was_told(event: Event, earlier: list[Event], claim_id: str | None) -> bool:
    """Tell whether an event is recorded already, of the same claim where it is about one."""
    names = [(each.word, each.event_id) for each in earlier]
    if (event.word, event.event_id) not in names:
        return False
    place = names.index((event.word, event.event_id))
    claims = [each.event_id for each in earlier[:place] if isinstance(each, Claim)]
    if earlier[place] != event or (claim_id is not None and claims[-1:] != [claim_id]):
        raise OtherBodyError(event.word, event.event_id, "was reported before with another content", "use a new id")
    return True


def _refuse_what_is_to_come(event: Event, recorded_at: datetime) -> None:
    """A payment dated ahead would free cover before it came, a notice dated ahead stop it before the order is due."""
    # A day of grace: the platform's day begins before that of UTC.
    if event.day is not None and event.day > recorded_at.astimezone(UTC).date() + timedelta(days=1):
        cause = f"happened on {event.day}, which is still to come"
        raise RefusedError(event.word, event.event_id, cause, "report it when it has happened")


def _refuse_other_claim(cover: Cover, claim_id: str | None) -> None:
    """A claim that was withdrawn may have made room for another on its cover, which is not the one meant."""
    if claim_id is None or (cover.claim is not None and cover.claim.event_id == claim_id):
        return
    if cover.claim is None:
        raise RefusedError("claim", claim_id, "was withdrawn", "file it anew under another id")
    cause = f"was withdrawn, and cover {cover.cover_id} has the claim {cover.claim.event_id} since"
    raise RefusedError("claim", claim_id, cause, "name that claim instead")


def _may_move_limit(event: Event, cover: Cover, earlier: list[Event], recorded_at: datetime) -> bool:
    """Tell whether a fact may move the buyer's limit: all about notices and claims; payments that are large or late."""
    if not isinstance(event, Settle):
        return isinstance(event, MOVING)
    is_large = cover.cents(event.amount_minor) >= policies().at(recorded_at.date()).referral.jump_floor
    is_late = cover.due_on is not None and event.paid_on > cover.due_on
    return is_large or is_late or any(isinstance(each, Overdue | Claim) for each in earlier)


async def _have_weighed(connection: Connection, buyer_id: str, event: Event, by: str, at: datetime) -> None:
    """Have the buyer's limit weighed again at once; a notice or claim stops cover until then. The limit is held."""
    fact = {"buyer_id": buyer_id, "cause": event.word, "by": by, "at": at}
    if isinstance(event, Overdue | Claim):
        await connection.execute(query("stop_cover"), fact)
    await connection.execute(query("queue_rescore"), fact)


async def _refuse_taken_name(connection: Connection, event: Event) -> None:
    """A payment or claim that the book knows by that name is another one: it was not recorded on this cover."""
    row = await (await connection.execute(query("book_has"), {"kind": event.word, "name": event.event_id})).fetchone()
    if row is not None and row[0]:
        raise OtherBodyError(event.word, event.event_id, "is in the book already", "use a new id")
