"""How a buyer stands when something is asked or decided: the limit in force, and what the machine says."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from psycopg.rows import dict_row

from models.policy import Policy, policies
from serving.database.pool import Connection
from serving.database.queries import query
from serving.desk.asks import Kind
from serving.desk.authority import Needed, needed_now
from serving.desk.stops import read_stop
from serving.ledger.limits import KnownLimit, read_limit


@dataclass(frozen=True, slots=True)
class Situation:
    """The limit in force today and the machine's own, which holds unless a person or event outranks it.

    Attributes:
        stop_stands: an event stopped cover, and whatever persons set since has not lifted that.
    """

    day: date
    policy: Policy
    limit: KnownLimit
    machine: dict[str, Any] | None
    stop_stands: bool

    @property
    def in_force(self) -> dict[str, Any]:
        """The limit in force as JSON holds it, amounts in US cents."""
        limit = self.limit
        return {
            "amount_cents": limit.amount_on(self.day),
            "status": limit.status_word,
            "source": limit.source,
            "valid_to": None if limit.valid_to is None else limit.valid_to.isoformat(),
            "grade": limit.grade,
            "exposure_cents": limit.exposure_cents,
            "limit_id": limit.limit_id,
        }

    @property
    def machine_amount(self) -> int:
        """What holds where nobody outranks the machine, US cents."""
        return self.policy.discretionary_limit if self.machine is None else int(self.machine["amount_cents"])

    @property
    def told(self) -> dict[str, Any]:
        """All of it as JSON holds it."""
        machine = None
        if self.machine is not None:
            until = self.machine["valid_to"]
            machine = self.machine | {"valid_to": None if until is None else until.isoformat()}
        return {"limit": self.in_force, "machine": machine, "stop_stands": self.stop_stands}

    def needed(self, kind: Kind, amount: int, until: date | None) -> Needed:
        """Tell what it takes now to set an amount in US cents until a day."""
        stands, restores = self.stop_stands, kind == "restore"
        return needed_now(self.policy, self.in_force, amount, until, stop_stands=stands, is_restoration=restores)


async def situation(connection: Connection, buyer_id: str) -> Situation:
    """Read how a buyer stands now."""
    day = datetime.now(UTC).date()
    limit = await read_limit(connection, buyer_id, day)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query("machine_limit"), {"identity_id": limit.identity_id, "day": day})
        machine = await cursor.fetchone()
    stands = await read_stop(connection, limit.identity_id, day)
    return Situation(day, policies().at(day), limit, machine, stands)


async def held_situation(connection: Connection, buyer_id: str) -> Situation:
    """Read how a buyer stands now, and keep other changes by persons waiting until the transaction ends."""
    await connection.execute(query("hold_buyers_limit"), {"buyer_id": buyer_id})
    return await situation(connection, buyer_id)
