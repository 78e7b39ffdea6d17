"""What is known of one buyer at the end of a day: names, trade, covers and the history of its limit."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from psycopg.rows import class_row

from features.snapshot.days import end_of
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.buyers.trade import BuyerClaim, BuyerNotice, BuyerOrder, Trade
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.errors import NotFoundError
from serving.ledger.limits import KnownLimit, limit_in_force
from serving.ledger.lookup import PastLimit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NameVersion:
    """A name that a buyer bore, with its country and registration number, since when it was recorded."""

    buyer_id: str
    name: str
    country: str
    registration_no: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class BuyerCover:
    """A cover and what is outstanding on it; US cents."""

    cover_id: int
    order_id: str
    buyer_id: str
    exporter_id: str
    exporter: str | None
    decided_at: datetime
    covered_cents: int
    exposure_cents: int
    shipped_on: date | None
    due_on: date | None
    is_claimed: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a buyer's page shows of one day.

    Attributes:
        members: ids that are taken to be this buyer, itself included.
        versions: names that they bore, newest first.
        history: versions of the limit, newest first.
    """

    buyer_id: str
    as_of: date
    known_at: datetime
    members: Sequence[str]
    versions: Sequence[NameVersion]
    limit: KnownLimit
    history: Sequence[PastLimit]
    covers: Sequence[BuyerCover]
    trade: Trade

    @property
    def newest(self) -> NameVersion | None:
        """The buyer's own newest name; None for one that the book does not know."""
        return next((each for each in self.versions if each.buyer_id == self.buyer_id), None)

    @property
    def exposure_by_exporter(self) -> list[dict[str, Any]]:
        """Sum what is outstanding by exporter: `exporter_id`, `exporter`, `cents`, `covers`; the largest first."""
        sums: dict[str, dict[str, Any]] = defaultdict(lambda: {"cents": 0, "covers": 0})
        for cover in self.covers:
            if cover.exposure_cents:
                row = sums[cover.exporter_id]
                row |= {"exporter_id": cover.exporter_id, "exporter": cover.exporter or cover.exporter_id}
                row |= {"cents": row["cents"] + cover.exposure_cents, "covers": row["covers"] + 1}
        return sorted(sums.values(), key=lambda row: -row["cents"])


async def read_dossier(pool: Pool, principal: Principal, buyer_id: str, as_of: date | None = None) -> Dossier:
    """Read all that is known of a buyer at the end of a day, now by default.

    Raises:
        ForbiddenError: the role may not.
        NotFoundError: neither the book nor the ledger knew the buyer then.
    """
    require(principal, "get_buyer")
    now = datetime.now(UTC)
    day = as_of or now.date()
    # A day to come ends as it stands now; the last of the calendar has no next day to end at.
    end = now + timedelta(seconds=1)
    end = end if day > end.date() else min(end_of(day), end)
    limit = await limit_in_force(pool, buyer_id, day, end - timedelta(microseconds=1))

    async def ask(connection: Connection) -> Dossier:
        wanted = {"buyer_id": buyer_id, "end": end, "before": None, "most": None}
        found = await (await connection.execute(query("buyer_members"), wanted)).fetchall()
        wanted["members"] = members = [each[0] for each in found]
        return Dossier(
            buyer_id,
            day,
            end,
            members,
            await _rows(connection, "buyer_versions", wanted, NameVersion),
            limit,
            await _rows(connection, "limit_history", wanted, PastLimit),
            await _rows(connection, "buyer_covers", wanted, BuyerCover),
            Trade(
                day,
                await _rows(connection, "buyer_orders", wanted, BuyerOrder),
                await _rows(connection, "buyer_notices", wanted, BuyerNotice),
                await _rows(connection, "buyer_claims", wanted, BuyerClaim),
            ),
        )

    found = await run(pool, ask)
    if not (found.versions or found.history or found.covers):
        raise NotFoundError("buyer", buyer_id, f"was not known on {day}", "find it by name, or look at a later day")
    return found


async def newest_names(pool: Pool, buyer_ids: Sequence[str]) -> dict[str, str]:
    """Give the newest name of each of some buyers; those that the book does not know are left out."""

    async def ask(connection: Connection) -> dict[str, str]:
        rows = await (await connection.execute(query("newest_names"), {"buyers": list(buyer_ids)})).fetchall()
        return dict(rows)

    return await run(pool, ask)


async def _rows(connection: Connection, statement: str, wanted: dict[str, Any], kind: type[T]) -> list[T]:
    async with connection.cursor(row_factory=class_row(kind)) as cursor:
        await cursor.execute(query(statement), wanted)
        return await cursor.fetchall()
