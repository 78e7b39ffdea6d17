"""The use case of reading the programme's year, in the figures that its own report publishes.

Amounts meet in US cents at the rate of each order's day, rounded half up.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from psycopg.rows import dict_row

from features.money import Money
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.ledger.checks import rate_of


@dataclass(frozen=True, slots=True)
class ProgrammeYear:
    """What one calendar year (UTC) came to; amounts are US cents.

    Attributes:
        covered_cents: covered at order time, less what was given back unshipped.
        ceiling_cents: the most that may be covered in the year; None where nothing was asked yet.
        trade_cents, orders: sold on credit, covered or not, as the book has it.
        claims_filed, losses_cents: claims filed in the year and the losses they report.
        claims_processed, claims_accepted: claims decided in the year.
        compensated_cents: paid on claims decided in the year.
        recovered_cents: that became known in the year of money from buyers.
    """

    year: int
    covered_cents: int
    ceiling_cents: int | None
    trade_cents: int
    orders: int
    claims_filed: int
    losses_cents: int
    claims_processed: int
    claims_accepted: int
    compensated_cents: int
    recovered_cents: int


async def programme_year(pool: Pool, principal: Principal, year: int) -> ProgrammeYear:
    """Tell what a year came to, or has come to so far.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "get_programme_year")
    first, following = date(year, 1, 1), date(year + 1, 1, 1)
    start = datetime(year, 1, 1, tzinfo=UTC)
    wanted = {"first": first, "next": following, "start": start, "end": start.replace(year=year + 1)}

    async def ask(connection: Connection) -> ProgrammeYear:
        async with connection.cursor(row_factory=dict_row) as cursor:
            claims = await (await cursor.execute(query("year_claims"), wanted)).fetchall()
            trade = await (await cursor.execute(query("year_trade"), wanted)).fetchall()
            used = await (await cursor.execute(query("ceilings_used"))).fetchall()
        mine = next((row for row in used if (row["kind"], row["key"]) == ("year", str(year))), None)
        return _year(year, claims, trade, mine)

    return await run(pool, ask)


def _year(
    year: int, claims: list[dict[str, Any]], trade: list[dict[str, Any]], used: dict[str, Any] | None
) -> ProgrammeYear:
    filed = [claim for claim in claims if claim["filed_on"].year == year]
    decided = [claim for claim in claims if claim["decided_on"] is not None and claim["decided_on"].year == year]
    return ProgrammeYear(
        year=year,
        covered_cents=used["used_cents"] if used else 0,
        ceiling_cents=used["ceiling_cents"] if used else None,
        trade_cents=sum(_usd(row, row["amount_minor"]) for row in trade),
        orders=sum(row["orders"] for row in trade),
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
