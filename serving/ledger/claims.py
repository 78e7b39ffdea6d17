"""Claims as the book has them, those from before the ledger among them; and the use cases of deciding them."""

from dataclasses import dataclass
from datetime import date, datetime

from psycopg.rows import class_row

from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.errors import NotFoundError
from serving.ledger.cover import Cover
from serving.ledger.covers import claim_cover, record
from serving.ledger.events import ClaimDecision, Recovery


@dataclass(frozen=True, slots=True)
class RecordedClaim:
    """A claim in one of its versions; amounts are minor units of its currency."""

    claim_id: str
    order_id: str
    filed_on: date
    loss_minor: int
    currency: str
    has_orders: bool
    has_customs: bool
    has_communications: bool
    decided_on: date | None
    outcome: str | None
    compensated_minor: int | None
    recovered_minor: int | None

    @property
    def is_fast_track(self) -> bool:
        """Whether all documents are complete."""
        return self.has_orders and self.has_customs and self.has_communications


@dataclass(frozen=True, slots=True)
class FiledClaim(RecordedClaim):
    """A claim as last recorded by an instant; buyer and exporter are those of its order, where the book has it."""

    buyer_id: str | None
    exporter_id: str | None
    recorded_at: datetime
    cover_id: int | None


async def list_claims(
    pool: Pool,
    known_at: datetime,
    *,
    claim_id: str | None = None,
    buyer_id: str | None = None,
    exporter_id: str | None = None,
    is_open: bool | None = None,
    before: tuple[date, str] | None = None,
    most: int = 50,
) -> list[FiledClaim]:
    """List claims as last recorded by an instant, filed last first; each filter is left out by None."""
    filed, name = before or (None, None)
    wanted = {
        "known_at": known_at,
        "claim_id": claim_id,
        "buyer_id": buyer_id,
        "exporter_id": exporter_id,
        "is_open": is_open,
        "before_filed": filed,
        "before_id": name,
        "most": most,
    }

    async def ask(connection: Connection) -> list[FiledClaim]:
        async with connection.cursor(row_factory=class_row(FiledClaim)) as cursor:
            return await (await cursor.execute(query("list_claims"), wanted)).fetchall()

    return await run(pool, ask)


async def find_claim(pool: Pool, claim_id: str, known_at: datetime) -> FiledClaim:
    """Find one claim as last recorded by an instant.

    Raises:
        NotFoundError: no such claim was recorded by then.
    """
    found = await list_claims(pool, known_at, claim_id=claim_id, most=1)
    if not found:
        raise NotFoundError("claim", claim_id, "is not known", "file it first")
    return found[0]


async def decide_claim(pool: Pool, principal: Principal, claim_id: str, decision: ClaimDecision) -> Cover:
    """Decide a claim and give its cover; an accepted one is compensated at the rate fixed when the cover was given.

    Raises:
        ForbiddenError: the role may not.
        NotFoundError: no such claim is in the ledger.
        OtherBodyError: the key was used for another decision.
        RefusedError: it does not fit how the cover stands, or the claim was withdrawn.
    """
    require(principal, "decide_claim")
    return await record(pool, await claim_cover(pool, claim_id), decision, principal.name, claim_id=claim_id)


async def recover(pool: Pool, principal: Principal, claim_id: str, recovery: Recovery) -> Cover:
    """Record money from the buyer after compensation and give the cover; programme and exporter share it.

    Raises:
        ForbiddenError, NotFoundError, OtherBodyError, RefusedError: as for a decision.
    """
    require(principal, "recover")
    return await record(pool, await claim_cover(pool, claim_id), recovery, principal.name, claim_id=claim_id)
