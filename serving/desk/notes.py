"""Notes that underwriters write on a buyer."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict, Field

from serving.access.audit import Act, record_act
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.desk.asks import Reason
from serving.errors import OtherBodyError
from serving.ledger.events import EventId


class Note(BaseModel):
    """A note to write."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event_id: EventId = Field(description="the writer's key; the same again changes nothing", examples=["NOTE-1"])
    text: Reason = Field(examples=["Met at the fair: moves to a larger warehouse in spring"])


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """A note as it was written."""

    note_id: int
    event_id: str
    buyer_id: str
    identity_id: str
    text: str
    written_by: str
    recorded_at: datetime


async def write_note(pool: Pool, principal: Principal, buyer_id: str, note: Note) -> WrittenNote:
    """Write a note on a buyer, once for each of the writer's keys.

    Raises:
        ForbiddenError: the role may not.
        OtherBodyError: the writer used the same key for another note.
    """
    require(principal, "write_note")

    async def write(connection: Connection) -> WrittenNote:
        async with connection.transaction():
            row = {"event_id": note.event_id, "buyer_id": buyer_id, "text": note.text, "by": principal.name}
            made = await (await connection.execute(query("add_note"), row)).fetchone()
            if made is not None:
                after = {"note_id": made[0], "text": note.text}
                await record_act(connection, principal, Act("write_note", "buyer", buyer_id, after=after))
            async with connection.cursor(row_factory=class_row(WrittenNote)) as cursor:
                await cursor.execute(query("read_note"), [principal.name, note.event_id])
                written = await cursor.fetchone()
            assert written is not None, "it was written now or before"
            if (written.buyer_id, written.text) != (buyer_id, note.text):
                raise OtherBodyError(
                    "note", note.event_id, "was written before with another text", "use a new event_id"
                )
            return written

    return await run(pool, write)


async def list_notes(
    pool: Pool, principal: Principal, buyer_id: str, before: int | None = None, most: int = 50
) -> list[WrittenNote]:
    """List the notes on a buyer's identity, newest first.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "list_notes")

    async def ask(connection: Connection) -> list[WrittenNote]:
        async with connection.cursor(row_factory=class_row(WrittenNote)) as cursor:
            await cursor.execute(query("list_notes"), {"buyer_id": buyer_id, "before": before, "most": most})
            return await cursor.fetchall()

    return await run(pool, ask)
