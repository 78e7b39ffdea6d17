"""The use case of reading the book: exposure, headroom, expected and tail loss, by country, grade and exporter.

Expected loss of a buyer is exposure x PD x loss given default: the severity of the model that decided the limit, where
that is the one in use, else the policy's. The programme bears its standard rate of it, and of an exporter's the rate of
its standing. Where nobody rated a buyer its exposure is told apart, not taken for safe.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from psycopg.rows import class_row, dict_row

from models.allocation.tail import tail
from models.champion import Champion
from models.policy import BASIS_POINTS, Policy, Standing, policies
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query

MOST_EXPORTERS = 50
_BLOCKED = ("suspended", "cancelled", "refused", "investigating")


@dataclass(frozen=True, slots=True)
class Line:
    """One identity of the book; amounts are US cents.

    Attributes:
        model_version: the model that decided the limit.
        lgd: the share of what is owed at default that stays lost, where that model tells it.
    """

    identity_id: str
    country: str
    grade: str | None
    pd: float | None
    status: str | None
    source: str | None
    limit_cents: int
    exposure_cents: int
    model_version: str | None = None
    lgd: float | None = None

    @property
    def headroom_cents(self) -> int:
        """What may still be covered."""
        return 0 if self.status in _BLOCKED else max(self.limit_cents - self.exposure_cents, 0)

    def loss_share(self, policy: Policy) -> float:
        """What is lost of an exposure on the buyer in expectation; nothing is where nobody rated it."""
        lgd = policy.loss_given_default / BASIS_POINTS if self.lgd is None else self.lgd
        return 0.0 if self.pd is None else self.pd * lgd


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
    """An exporter with cover outstanding; amounts are US cents.

    Attributes:
        buyers: on whom it is outstanding.
        top_buyer_share: part of it on the largest of them.
        expected_compensation_cents: the programme's part of the expected loss, at the rate of the exporter's standing.
    """

    exporter_id: str
    name: str | None
    standing: Standing
    exposure_cents: int
    ceiling_cents: int
    buyers: int
    top_buyer_share: float
    expected_loss_cents: int
    expected_compensation_cents: int


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


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the book is made of, as the database gives it."""

    lines: list[Line]
    exporters: list[dict[str, Any]]
    pairs: list[tuple[str, str, int]]
    ceilings: dict[str, int]
    classes: dict[str, int | None]


async def read_book(pool: Pool, principal: Principal, largest: int = 20, champion: Champion | None = None) -> Book:
    """Read the whole book as it stands now.

    Args:
        pool: connections.
        principal: who reads.
        largest: how many buyers are told by name.
        champion: the model in use, whose severity counts for the limits that it decided.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "get_portfolio")
    now = datetime.now(UTC)
    policy = policies().at(now.date())
    wanted = {"day": now.date(), "most": MOST_EXPORTERS}

    async def ask(connection: Connection) -> _Rows:
        async with connection.cursor(row_factory=class_row(Line)) as cursor:
            lines = await (await cursor.execute(query("book_lines"), wanted)).fetchall()
        async with connection.cursor(row_factory=dict_row) as cursor:
            exporters = await (await cursor.execute(query("largest_exporters"), wanted)).fetchall()
            used = await (await cursor.execute(query("ceilings_used"))).fetchall()
        named = {"exporters": [row["exporter_id"] for row in exporters]}
        pairs = await (await connection.execute(query("exporters_buyers"), named)).fetchall()
        classes = await (await connection.execute(query("risk_classes"), wanted)).fetchall()
        ceilings = {row["key"]: row["ceiling_cents"] for row in used if row["kind"] == "country"}
        return _Rows(lines, exporters, [(row[0], row[1], row[2]) for row in pairs], ceilings, dict(classes))

    return _book(await run(pool, ask), champion, policy, now, largest)


def _book(rows: _Rows, champion: Champion | None, policy: Policy, now: datetime, largest: int) -> Book:
    lines = _with_severity(rows.lines, rows.classes, champion)
    at_risk, shortfall = _tail(lines, policy)
    return Book(
        at=now,
        policy_version=policy.version,
        total=slice_of("total", lines, policy),
        by_country=sliced(lines, lambda line: line.country, policy, rows.ceilings),
        by_grade=sliced(lines, lambda line: line.grade or "none", policy, {}),
        exporters=_exporters(rows, lines, policy),
        largest=sorted(lines, key=lambda line: (-line.exposure_cents, -line.limit_cents, line.identity_id))[:largest],
        value_at_risk_cents=at_risk,
        expected_shortfall_cents=shortfall,
        suspended=sum(line.status == "suspended" for line in lines),
    )


def _with_severity(lines: list[Line], classes: Mapping[str, int | None], champion: Champion | None) -> list[Line]:
    """Put the champion's severity to the limits that it decided."""
    if champion is None or champion.bundle.severity is None:
        return lines
    names = sorted({line.country for line in lines})
    number = np.array([np.nan if classes.get(name) is None else classes[name] for name in names], dtype=np.float64)
    lgd = dict(zip(names, champion.bundle.severity.lgd.of(number).tolist(), strict=True))
    return [replace(line, lgd=lgd[line.country]) if line.model_version == champion.version else line for line in lines]


def _exporters(rows: _Rows, lines: list[Line], policy: Policy) -> list[ExporterLine]:
    """Add up what is outstanding for each exporter, with what is expected to be lost of it."""
    shares = {line.identity_id: line.loss_share(policy) for line in lines}
    owed: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for exporter_id, identity_id, cents in rows.pairs:
        owed[exporter_id].append((identity_id, cents))
    told = []
    for row in rows.exporters:
        parts = owed[row["exporter_id"]]
        lost = sum(cents * shares.get(identity_id, 0.0) for identity_id, cents in parts)
        told.append(
            ExporterLine(
                **row,
                ceiling_cents=policy.ceilings.exporter,
                buyers=len(parts),
                top_buyer_share=max((cents for _, cents in parts), default=0) / row["exposure_cents"],
                expected_loss_cents=round(lost),
                expected_compensation_cents=round(lost * policy.rate_bp(row["standing"]) / BASIS_POINTS),
            )
        )
    return told


def sliced(lines: Sequence[Line], key: Callable[[Line], str], policy: Policy, ceilings: dict[str, int]) -> list[Slice]:
    """Cut the book into parts, by key."""
    parts: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        parts[key(line)].append(line)
    return [slice_of(each, parts[each], policy, ceilings.get(each)) for each in sorted(parts)]


def slice_of(key: str, lines: Sequence[Line], policy: Policy, ceiling: int | None = None) -> Slice:
    """Add up a part of the book."""
    lost = sum(line.exposure_cents * line.loss_share(policy) for line in lines)
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
    rate, usual = policy.rate_bp("standard") / BASIS_POINTS, policy.loss_given_default / BASIS_POINTS
    loss = np.array([line.exposure_cents * (usual if line.lgd is None else line.lgd) * rate for line in rated])
    names = sorted({line.country for line in rated})
    country = np.array([names.index(line.country) for line in rated], dtype=np.int64)
    pd = np.array([line.pd for line in rated], dtype=np.float64)
    found = tail(loss, pd, country, len(names), policy.appetite)
    return round(found.value_at_risk), round(found.expected_shortfall)
