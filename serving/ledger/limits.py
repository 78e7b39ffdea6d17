"""Limits: which was in force on a day as known at an instant, and what was outstanding then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.rows import class_row

from features.money import USD, Money
from models.policy import Policy, policies
from models.reasons import Reason
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query

# Who says it where a new fact moved a limit, or where what a person had set holds again.
RESCORING = "rescoring"


@dataclass(frozen=True, slots=True)
class KnownLimit:
    """A limit as the ledger has it; None throughout where nobody ever set one. Amounts are US cents."""

    identity_id: str
    limit_id: int | None
    amount_cents: int | None
    status: str | None
    source: str | None
    valid_from: date | None
    valid_to: date | None
    grade: str | None
    pd: float | None
    policy_version: str | None
    model_version: str | None
    reasons: list[dict[str, Any]] | None
    recorded_at: datetime | None
    ended_on: date | None
    ended_limit_id: int | None
    exposure_cents: int

    def amount_on(self, day: date) -> int:
        """The most that may be outstanding: the limit, none after it has ended, the policy's for an unknown buyer."""
        if self.amount_cents is not None:
            return self.amount_cents
        return 0 if self.ended_limit_id is not None else policies().at(day).discretionary_limit

    @property
    def status_word(self) -> str:
        """The limit's status, or what holds where there is none in force."""
        if self.status is not None:
            return self.status
        return "discretionary" if self.ended_limit_id is None else "expired"

    def explained(self, day: date) -> list[Reason]:
        """Give the limit's reasons."""
        if self.reasons is not None:
            return [Reason(each["code"], each.get("facts", {}), each.get("weight", 0.0)) for each in self.reasons]
        if self.ended_limit_id is not None:
            return [Reason("limit_expired", {"day": str(self.ended_on)})]
        return [Reason("unknown_buyer", {"limit": str(Money(policies().at(day).discretionary_limit, USD))})]


async def limit_in_force(pool: Pool, buyer_id: str, day: date, known_at: datetime) -> KnownLimit:
    """Find the limit of a buyer's identity on a day, as known at an instant."""

    async def ask(connection: Connection) -> KnownLimit:
        return await read_limit(connection, buyer_id, day, known_at)

    return await run(pool, ask)


async def read_limit(connection: Connection, buyer_id: str, day: date, known_at: datetime | None = None) -> KnownLimit:
    """Find the same on a connection, as a transaction sees it; by default all that it sees is known.

    Who is about to change a limit goes by that default: this machine's clock may lag behind that of the database.
    """
    async with connection.cursor(row_factory=class_row(KnownLimit)) as cursor:
        await cursor.execute(
            query("limit_in_force"), {"buyer_id": buyer_id, "day": day, "known_at": known_at or "infinity"}
        )
        known = await cursor.fetchone()
        assert known is not None, "the query gives one row for any buyer"
        return known


@dataclass(frozen=True, slots=True)
class LimitOfBook:
    """A limit in force, with what is outstanding now; amounts are US cents."""

    identity_id: str
    name: str | None
    country: str
    limit_id: int
    amount_cents: int
    status: str
    source: str
    valid_from: date
    valid_to: date | None
    grade: str | None
    pd: float | None
    exposure_cents: int


async def all_limits(pool: Pool, day: date, filters: Mapping[str, object]) -> list[LimitOfBook]:
    """List limits in force on a day, by identity; `filters` are those of the statement `list_limits`."""

    async def ask(connection: Connection) -> list[LimitOfBook]:
        async with connection.cursor(row_factory=class_row(LimitOfBook)) as cursor:
            return await (await cursor.execute(query("list_limits"), {**filters, "day": day})).fetchall()

    return await run(pool, ask)


def policy_on(day: date) -> Policy:
    """The policy of a day."""
    return policies().at(day)
