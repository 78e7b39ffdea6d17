"""The use case of reading the audit trail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query


@dataclass(frozen=True, slots=True)
class RecordedAct:
    """One thing done, as it was recorded."""

    audit_id: int
    who: str
    role: str
    action: str
    subject: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Filters:
    """Which acts: each filter is left out by None."""

    who: str | None = None
    action: str | None = None
    subject: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def list_audit(
    pool: Pool, principal: Principal, filters: Filters, before: int | None = None, most: int = 50
) -> list[RecordedAct]:
    """List what was done, newest first.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "list_audit")
    wanted = {name: getattr(filters, name) for name in Filters.__slots__} | {"before": before, "most": most}

    async def ask(connection: Connection) -> list[RecordedAct]:
        async with connection.cursor(row_factory=class_row(RecordedAct)) as cursor:
            return await (await cursor.execute(query("list_audit"), wanted)).fetchall()

    return await run(pool, ask)
