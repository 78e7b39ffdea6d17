"""The use case of reading what is worth a look today: signs of a bust-out, fading, a country's trouble, what waits."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg.rows import class_row, dict_row

from models.policy import policies
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query

_LEAST_DUE = 30


@dataclass(frozen=True, slots=True)
class CountryLateness:
    """How a country's buyers paid what fell due lately, as the last run knew it.

    Attributes:
        due: orders that fell due within 90 days and could be late by then; `late` of them were unpaid after 30 days.
        before: the share that was late in as long a time before.
    """

    country: str
    due: int
    late: int
    before: float | None

    @property
    def share(self) -> float | None:
        """The part that was late."""
        return self.late / self.due if self.due else None

    @property
    def rise(self) -> float:
        """By how much the share rose; 0 where there is too little to tell."""
        if self.due < _LEAST_DUE or self.share is None or self.before is None:
            return 0.0
        return self.share - self.before


@dataclass(frozen=True, slots=True)
class Signals:
    """What is worth a look; None where there is no such thing.

    Attributes:
        rushing: the buyer whom most exporters sold to for the first time of late, and how many, where the policy refers
            the next such order.
        fading: the buyer whose limit runs lowered again and again, how often, and from what to what (US cents).
        country: where most more is paid late than before.
        candidates, claims, previews: how many wait for a person.
    """

    rushing: dict[str, Any] | None
    fading: dict[str, Any] | None
    country: CountryLateness | None
    candidates: int
    claims: int
    previews: int


async def read_signals(pool: Pool, principal: Principal) -> Signals:
    """Read what is worth a look today.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "get_portfolio")
    today = datetime.now(UTC).date()
    referral = policies().at(today).referral
    wanted = {
        "day": today,
        "since": today - timedelta(days=referral.window_days),
        "exporters": referral.new_exporters - 1,
        "year_ago": today - timedelta(days=365),
    }

    async def ask(connection: Connection) -> Signals:
        async with connection.cursor(row_factory=dict_row) as cursor:
            rushing = await (await cursor.execute(query("rushing_buyer"), wanted)).fetchone()
            fading = await (await cursor.execute(query("fading_buyer"), wanted)).fetchone()
            waiting = await (await cursor.execute(query("waiting_counts"), wanted)).fetchone()
        assert waiting is not None, "counts have one row"
        worst = max(await _lateness(connection), key=lambda each: each.rise, default=None)
        return Signals(rushing, fading, worst if worst is not None and worst.rise > 0 else None, **waiting)

    return await run(pool, ask)


async def read_lateness(pool: Pool, principal: Principal) -> dict[str, CountryLateness]:
    """Tell how each country's buyers paid what fell due lately.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "get_portfolio")
    return {each.country: each for each in await run(pool, _lateness)}


async def _lateness(connection: Connection) -> list[CountryLateness]:
    async with connection.cursor(row_factory=class_row(CountryLateness)) as cursor:
        return await (await cursor.execute(query("country_lateness"))).fetchall()
