"""The use case of reading what changed: limits now against those of the last quarter's end."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from psycopg.rows import class_row

from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query

MOST_MOVERS = 10


@dataclass(frozen=True, slots=True)
class Moved:
    """An identity's limit and grade on the earlier day and now; US cents, None where there was or is none."""

    identity_id: str
    name: str | None
    before_cents: int | None
    after_cents: int | None
    grade_before: str | None
    grade_after: str | None

    @property
    def change_cents(self) -> int:
        """By how much the limit rose."""
        return (self.after_cents or 0) - (self.before_cents or 0)


@dataclass(frozen=True, slots=True)
class Change:
    """What changed since a day.

    Attributes:
        since: the day compared with; as the ledger knows of it now.
        counts: identities by what became of their limit: `new`, `increase`, `reduce`, `cancel`, `same`.
        better, worse: identities whose grade rose or fell.
        movers: the largest changes, the largest first.
    """

    since: date
    counts: dict[str, int]
    better: int
    worse: int
    before_cents: int
    after_cents: int
    movers: Sequence[Moved]


def last_quarter_end(day: date) -> date:
    """Give the last day of the quarter before a day's own.

    >>> last_quarter_end(date(2026, 2, 28))
    datetime.date(2025, 12, 31)
    """
    return date(day.year, 1 + (day.month - 1) // 3 * 3, 1) - timedelta(days=1)


async def read_change(pool: Pool, principal: Principal) -> Change:
    """Compare the limits in force now with those of the last quarter's end.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "get_portfolio")
    today = datetime.now(UTC).date()
    since = last_quarter_end(today)

    async def ask(connection: Connection) -> list[Moved]:
        async with connection.cursor(row_factory=class_row(Moved)) as cursor:
            await cursor.execute(query("limits_moved"), {"since": since, "today": today})
            return await cursor.fetchall()

    return compared(await run(pool, ask), since)


def compared(rows: Sequence[Moved], since: date) -> Change:
    """Count what became of each limit and grade."""
    graded = [(each.grade_before, each.grade_after) for each in rows if each.grade_before and each.grade_after]
    movers = sorted((each for each in rows if each.change_cents), key=lambda each: -abs(each.change_cents))
    return Change(
        since=since,
        counts=dict(Counter(_word(each) for each in rows)),
        better=sum(after < before for before, after in graded),
        worse=sum(after > before for before, after in graded),
        before_cents=sum(each.before_cents or 0 for each in rows),
        after_cents=sum(each.after_cents or 0 for each in rows),
        movers=movers[:MOST_MOVERS],
    )


def _word(moved: Moved) -> str:
    if moved.before_cents is None:
        return "new"
    if not moved.after_cents and moved.before_cents:
        return "cancel"
    if moved.change_cents == 0:
        return "same"
    return "increase" if moved.change_cents > 0 else "reduce"
