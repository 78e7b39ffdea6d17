"""The use case of reading the book: exposure, headroom, expected and tail loss, by country, grade and exporter.

Expected loss of a buyer is exposure x PD x loss given default, and the programme bears its standard rate of it. Where
nobody rated a buyer its exposure is told apart, not taken for safe.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from psycopg.rows import class_row, dict_row

from models.allocation.tail import tail
from models.policy import BASIS_POINTS, Policy, policies
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query

MOST_EXPORTERS = 50
_BLOCKED = ("suspended", "cancelled", "refused", "investigating")


@dataclass(frozen=True, slots=True)
class Line:
    """One identity of the book; amounts are US cents."""

    identity_id: str
    country: str
    grade: str | None
    pd: float | None
    status: str | None
    source: str | None
    limit_cents: int
    exposure_cents: int

    @property
    def headroom_cents(self) -> int:
        """What may still be covered."""
        return 0 if self.status in _BLOCKED else max(self.limit_cents - self.exposure_cents, 0)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the book; amounts are US cents.

    Attributes:
        expected_loss_cents: of what is outstanding, over the horizon of the PD.
        expected_compensation_cents: the programme's part of it at the standard rate.
        unrated_cents: outstanding on buyers without a PD, of which no loss is expected here.
        ceiling_cents: the most that may be outstanding, where the part has a ceiling.
    """

    key: str
    buyers: int
    limit_cents: int
    exposure_cents: int
    headroom_cents: int
    expected_loss_cents: int
    expected_compensation_cents: int
    unrated_cents: int
    ceiling_cents: int | None = None


@dataclass(frozen=True, slots=True)
class ExporterLine:
    """An exporter with cover outstanding; amounts are US cents."""

    exporter_id: str
    name: str | None
    standing: str
    exposure_cents: int
    ceiling_cents: int


@dataclass(frozen=True, slots=True)
class Book:
    """The book as it stands at an instant; amounts are US cents.

    Attributes:
        value_at_risk_cents, expected_shortfall_cents: of the programme's compensation, at the policy's tail level.
        suspended: identities on which cover is stopped.
    """

    at: datetime
    policy_version: str
    total: Slice
    by_country: list[Slice]
    by_grade: list[Slice]
    exporters: list[ExporterLine]
    largest: list[Line]
    value_at_risk_cents: int
    expected_shortfall_cents: int
    suspended: int


async def read_book(pool: Pool, principal: Principal, largest: int = 20) -> Book:
    """Read the whole book as it stands now.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "get_portfolio")
    now = datetime.now(UTC)
    policy = policies().at(now.date())
    wanted = {"day": now.date(), "most": MOST_EXPORTERS}

    async def ask(connection: Connection) -> tuple[list[Line], list[ExporterLine], dict[str, int]]:
        async with connection.cursor(row_factory=class_row(Line)) as cursor:
            lines = await (await cursor.execute(query("book_lines"), wanted)).fetchall()
        async with connection.cursor(row_factory=dict_row) as cursor:
            exporters = await (await cursor.execute(query("largest_exporters"), wanted)).fetchall()
            used = await (await cursor.execute(query("ceilings_used"))).fetchall()
        ceilings = {row["key"]: row["ceiling_cents"] for row in used if row["kind"] == "country"}
        return lines, [ExporterLine(**row, ceiling_cents=policy.ceilings.exporter) for row in exporters], ceilings

    lines, exporters, ceilings = await run(pool, ask)
    return _book(lines, exporters, ceilings, policy, now, largest)


def _book(
    lines: list[Line],
    exporters: list[ExporterLine],
    ceilings: dict[str, int],
    policy: Policy,
    now: datetime,
    largest: int,
) -> Book:
    at_risk, shortfall = _tail(lines, policy)
    return Book(
        at=now,
        policy_version=policy.version,
        total=slice_of("total", lines, policy),
        by_country=sliced(lines, lambda line: line.country, policy, ceilings),
        by_grade=sliced(lines, lambda line: line.grade or "none", policy, {}),
        exporters=exporters,
        largest=sorted(lines, key=lambda line: (-line.exposure_cents, -line.limit_cents, line.identity_id))[:largest],
        value_at_risk_cents=at_risk,
        expected_shortfall_cents=shortfall,
        suspended=sum(line.status == "suspended" for line in lines),
    )


def sliced(lines: Sequence[Line], key: Callable[[Line], str], policy: Policy, ceilings: dict[str, int]) -> list[Slice]:
    """Cut the book into parts, by key."""
    parts: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        parts[key(line)].append(line)
    return [slice_of(each, parts[each], policy, ceilings.get(each)) for each in sorted(parts)]


def slice_of(key: str, lines: Sequence[Line], policy: Policy, ceiling: int | None = None) -> Slice:
    """Add up a part of the book."""
    lost = sum(line.exposure_cents * line.pd for line in lines if line.pd is not None)
    lost *= policy.loss_given_default / BASIS_POINTS
    return Slice(
        key=key,
        buyers=len(lines),
        limit_cents=sum(line.limit_cents for line in lines),
        exposure_cents=sum(line.exposure_cents for line in lines),
        headroom_cents=sum(line.headroom_cents for line in lines),
        expected_loss_cents=round(lost),
        expected_compensation_cents=round(lost * policy.rate_bp("standard") / BASIS_POINTS),
        unrated_cents=sum(line.exposure_cents for line in lines if line.pd is None),
        ceiling_cents=ceiling,
    )


def _tail(lines: Sequence[Line], policy: Policy) -> tuple[int, int]:
    """Work out value at risk and expected shortfall of the compensation."""
    rated = [line for line in lines if line.pd is not None and line.exposure_cents > 0]
    if not rated:
        return 0, 0
    share = policy.loss_given_default * policy.rate_bp("standard") / BASIS_POINTS**2
    loss = np.array([line.exposure_cents * share for line in rated])
    names = sorted({line.country for line in rated})
    country = np.array([names.index(line.country) for line in rated], dtype=np.int64)
    pd = np.array([line.pd for line in rated], dtype=np.float64)
    found = tail(loss, pd, country, len(names), policy.appetite)
    return round(found.value_at_risk), round(found.expected_shortfall)
