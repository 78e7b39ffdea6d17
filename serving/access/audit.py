"""The audit trail: who did what, when, and what it changed; written in the transaction of the change itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from serving.access.principal import Principal
from serving.database.pool import Connection
from serving.database.queries import query


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done.

    Attributes:
        action: the use case.
        subject, subject_id: what it was done to (buyer, exporter, order, cover, claim, key, proposal).
        before, after: what it changed, as JSON holds it; None where there was or is nothing.
        reason: why, in the words of who did it.
    """

    action: str
    subject: str
    subject_id: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str | None = None

    def row(self, principal: Principal) -> dict[str, Any]:
        """Give the parameters of the statement `record_act`."""
        return {
            "who": principal.name,
            "role": principal.role,
            "action": self.action,
            "subject": self.subject,
            "subject_id": self.subject_id,
            "before": None if self.before is None else Jsonb(self.before),
            "after": None if self.after is None else Jsonb(self.after),
            "reason": self.reason,
        }


async def record_act(connection: Connection, principal: Principal, act: Act) -> None:
    """Add an act to the trail; the caller holds the transaction of the change."""
    await connection.execute(query("record_act"), act.row(principal))
