"""The use case of reading the programme's year, in the figures that its own report publishes.

Amounts meet in US cents at the rate of each order's day, rounded half up.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import structlog
from psycopg.rows import dict_row

from features.money import Money
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.ledger.checks import rate_of

log = structlog.get_logger(__name__)
SHOWN_YEARS = 4
_KEPT_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ProgrammeYear:
    """What one calendar year (UTC) came to; amounts are US cents.

    Attributes:
        covered_cents: covered at order time, less what was given back unshipped.
        ceiling_cents: the most that may be covered in the year; None where nothing was asked yet.
        trade_cents, orders: sold on credit, covered or not, as the book had it at `trade_read_at`.
        claims_filed, losses_cents: claims filed in the year and the losses they report, as known now.
        claims_processed, claims_accepted: claims decided in the year, as known now.
        compensated_cents: paid on claims decided in the year.
        recovered_cents: that became known in the year of money from buyers.
    """

    year: int
    covered_cents: int
    ceiling_cents: int | None
    trade_cents: int
    orders: int
    trade_read_at: datetime
    claims_filed: int
    losses_cents: int
    claims_processed: int
    claims_accepted: int
    compensated_cents: int
    recovered_cents: int


@dataclass(frozen=True, slots=True)
class Trade:
    """What was sold on credit in a year, as read at an instant; US cents."""

    cents: int
    orders: int
    read_at: datetime


class KeptTrade:
    """What was sold on credit by year, kept for a minute: adding it up reads every order of the year.

    Whoever asks later gets what is kept, and has it read anew for the next one.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: dict[int, Trade] = {}
        self._reading: dict[int, asyncio.Task[Trade]] = {}

    def begin(self) -> None:
        """Have the years that the book's page shows read, the last first, before the first reader waits for them."""
        for back in range(SHOWN_YEARS):
            self._read(datetime.now(UTC).year - back)

    async def of(self, year: int) -> Trade:
        """Give a year's trade, at most as old as the last asker but one left it."""
        kept = self._kept.get(year)
        if kept is None:
            return await asyncio.shield(self._read(year))
        if datetime.now(UTC) - kept.read_at > _KEPT_FOR:
            self._read(year)
        return kept

    async def aclose(self) -> None:
        """Read no more."""
        for task in list(self._reading.values()):
            task.cancel()
            await asyncio.wait([task])

    def _read(self, year: int) -> asyncio.Task[Trade]:
        if year not in self._reading:
            self._reading[year] = asyncio.create_task(self._keep(year))
            self._reading[year].add_done_callback(lambda done: self._done(year, done))
        return self._reading[year]

    async def _keep(self, year: int) -> Trade:
        self._kept[year] = found = await run(self._pool, lambda connection: read_trade(connection, year))
        return found

    def _done(self, year: int, task: asyncio.Task[Trade]) -> None:
        del self._reading[year]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("trade not read", year=year, error=str(error))


async def read_trade(connection: Connection, year: int) -> Trade:
    """Add up what was sold on credit in a year."""
    now = datetime.now(UTC)
    async with connection.cursor(row_factory=dict_row) as cursor:
        rows = await (await cursor.execute(query("year_trade"), _bounds(year))).fetchall()
    return Trade(sum(_usd(row, row["amount_minor"]) for row in rows), sum(row["orders"] for row in rows), now)


async def programme_year(pool: Pool, principal: Principal, year: int, kept: KeptTrade | None = None) -> ProgrammeYear:
    """Tell what a year came to, or has come to so far.

    Args:
        pool: connections.
        principal: who reads.
        year: the calendar year.
        kept: gives the trade as it was read a while ago; by default it is read now.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "get_programme_year")

    known = None if kept is None else await kept.of(year)

    async def ask(connection: Connection) -> ProgrammeYear:
        async with connection.cursor(row_factory=dict_row) as cursor:
            claims = await (await cursor.execute(query("year_claims"), _bounds(year))).fetchall()
            used = await (await cursor.execute(query("ceilings_used"))).fetchall()
        trade = known or await read_trade(connection, year)
        mine = next((row for row in used if (row["kind"], row["key"]) == ("year", str(year))), None)
        return _year(year, claims, trade, mine)

    return await run(pool, ask)


def _bounds(year: int) -> dict[str, date | datetime]:
    start = datetime(year, 1, 1, tzinfo=UTC)
    return {
        "first": date(year, 1, 1),
        "next": date(year + 1, 1, 1),
        "start": start,
        "end": start.replace(year=year + 1),
    }


def _year(year: int, claims: list[dict[str, Any]], trade: Trade, used: dict[str, Any] | None) -> ProgrammeYear:
    filed = [claim for claim in claims if claim["filed_on"].year == year]
    decided = [claim for claim in claims if claim["decided_on"] is not None and claim["decided_on"].year == year]
    return ProgrammeYear(
        year=year,
        covered_cents=used["used_cents"] if used else 0,
        ceiling_cents=used["ceiling_cents"] if used else None,
        trade_cents=trade.cents,
        orders=trade.orders,
        trade_read_at=trade.read_at,
        claims_filed=len(filed),
        losses_cents=sum(_usd(claim, claim["loss_minor"]) for claim in filed),
        claims_processed=len(decided),
        claims_accepted=sum(claim["outcome"] == "accepted" for claim in decided),
        compensated_cents=sum(_usd(claim, claim["compensated_minor"]) for claim in decided),
        recovered_cents=sum(
            _usd(claim, max(claim["recovered_minor"] - claim["recovered_before_minor"], 0)) for claim in claims
        ),
    )


def _usd(row: dict[str, Any], minor: int) -> int:
    return rate_of(row["currency"], row["ordered_on"]).to_usd(Money(minor, row["currency"])).minor
