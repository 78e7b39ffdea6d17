"""Finding buyers by any spelling, id, registration number or country."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
from anyio import Lock, to_thread
from numpy.typing import NDArray
from psycopg.rows import class_row
from rapidfuzz import fuzz, process

from serving.access.permissions import require
from serving.access.principal import Principal
from serving.buyers.names import comparable
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query

Floats = NDArray[np.float64]
_LEAST_SCORE = 72.0
_REMEMBERED_S = 20.0


@dataclass(frozen=True, slots=True)
class Found:
    """A buyer that was found, with its limit and exposure now.

    Attributes:
        name: its newest name.
        known_as: the name by which it was found, where that is another.
        score: how near the search came, 100 where it named the buyer exactly.
        status: the limit's, None where nobody ever set one. Amounts are US cents.
    """

    buyer_id: str
    name: str
    known_as: str | None
    country: str
    registration_no: str | None
    score: float
    amount_cents: int | None
    exposure_cents: int
    grade: str | None
    status: str | None


@dataclass(frozen=True, slots=True)
class _Names:
    """Every name that every buyer ever bore, by recency; `known_since` (n,) are seconds of the Unix epoch."""

    buyer_ids: Sequence[str]
    names: Sequence[str]
    compared: Sequence[str]
    unparted: Sequence[str]
    countries: Sequence[str]
    registrations: Sequence[str | None]
    known_since: Floats


class Finder:
    """Finds buyers in one process's memory of names, which is read anew when it is older than some seconds."""

    def __init__(self, pool: Pool) -> None:
        """Begin with no names; the first search reads them."""
        self._pool = pool
        self._names: _Names | None = None
        self._read_at = 0.0
        self._lock = Lock()

    async def search(
        self,
        principal: Principal,
        text: str,
        country: str | None = None,
        most: int = 50,
        known_at: datetime | None = None,
    ) -> list[Found]:
        """Find buyers whose id, registration number or any name is near the text, the nearest first.

        Args:
            principal: who asks.
            text: what was typed; empty with a country lists that country's buyers.
            country: ISO 3166-1 alpha-2 code to keep to.
            most: at most so many.
            known_at: names recorded later do not count; now by default.

        Raises:
            ForbiddenError: the role may not.
            UnavailableError: the database does not answer.
        """
        require(principal, "search_buyers")
        names = await self._known()
        at = known_at or datetime.now(UTC)
        hits = await to_thread.run_sync(partial(_nearest, names, text.strip(), country, most, at.timestamp()))
        return await self._told(names, hits, at)

    async def _known(self) -> _Names:
        async with self._lock:
            if self._names is None or time.monotonic() - self._read_at > _REMEMBERED_S:
                rows = await run(self._pool, _read_names)
                columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], [], []]
                compared = await to_thread.run_sync(lambda: [comparable(name) for name in columns[1]])
                unparted = [name.replace(" ", "") for name in compared]
                self._names = _Names(
                    columns[0],
                    columns[1],
                    compared,
                    unparted,
                    columns[2],
                    columns[3],
                    np.array([each.timestamp() for each in columns[4]]),
                )
                self._read_at = time.monotonic()
            return self._names

    async def _told(self, names: _Names, hits: dict[str, tuple[float, int]], at: datetime) -> list[Found]:
        wanted = {"buyers": list(hits), "now": at}

        async def ask(connection: Connection) -> list[_Standing]:
            async with connection.cursor(row_factory=class_row(_Standing)) as cursor:
                await cursor.execute(query("buyers_found"), wanted)
                return await cursor.fetchall()

        standing = {each.buyer_id: each for each in await run(self._pool, ask)} if hits else {}
        return [_found(names, standing[each], *hits[each]) for each in hits if each in standing]


@dataclass(frozen=True, slots=True)
class _Standing:
    buyer_id: str
    name: str
    country: str
    registration_no: str | None
    amount_cents: int | None
    exposure_cents: int
    grade: str | None
    status: str | None


async def _read_names(connection: Connection) -> list[tuple[Any, ...]]:
    return await (await connection.execute(query("all_names"))).fetchall()


def _nearest(names: _Names, text: str, country: str | None, most: int, known_at: float) -> dict[str, tuple[float, int]]:
    """Give the best score and the place of its name, by buyer, the nearest first."""
    scores = _scores(names, text) if text else np.full(len(names.names), 100.0)
    scores = np.where(names.known_since <= known_at, scores, 0.0)
    if country:
        scores = np.where(np.array(names.countries) == country, scores, 0.0)
    best: dict[str, tuple[float, int]] = {}
    for place in np.argsort(-scores, kind="stable"):
        score = float(scores[place])
        if score < _LEAST_SCORE or len(best) >= most:
            break
        best.setdefault(names.buyer_ids[place], (score, int(place)))
    return best


def _scores(names: _Names, text: str) -> Floats:
    """Score every name against a text: exact ids and registration numbers first, then names by their spelling."""
    wanted = comparable(text)
    # By words, whatever their order, and by letters, wherever they are parted: each alone finds too much.
    by_words = process.cdist([wanted], names.compared, scorer=fuzz.WRatio, dtype=np.float64)[0]
    unparted = wanted.replace(" ", "")
    by_letters = process.cdist([unparted], names.unparted, scorer=fuzz.partial_ratio, dtype=np.float64)[0]
    scores: Floats = (by_words + by_letters) / 2
    # A part of a name that is typed so far finds it, before anything that is merely alike.
    begun = np.fromiter((wanted in compared for compared in names.compared), bool, len(names.compared))
    scores = np.where(begun & bool(wanted), np.maximum(scores, 96.0), np.minimum(scores, 95.0))
    key = text.casefold()
    for place, (buyer_id, number) in enumerate(zip(names.buyer_ids, names.registrations, strict=True)):
        if key == buyer_id.casefold() or (number is not None and key == number.casefold()):
            scores[place] = 100.0
    return scores


def _found(names: _Names, standing: _Standing, score: float, place: int) -> Found:
    matched = names.names[place]
    return Found(
        standing.buyer_id,
        standing.name,
        matched if matched != standing.name else None,
        standing.country,
        standing.registration_no,
        round(score, 1),
        standing.amount_cents,
        standing.exposure_cents,
        standing.grade,
        standing.status,
    )
