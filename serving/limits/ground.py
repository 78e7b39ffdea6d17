"""What limits are decided on: the book as known at the end of a day, scored by the champion, and what holds then."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa

from features.book.circumstances import circumstances
from features.book.folder import connect, open_book
from features.snapshot import snapshot
from features.snapshot.days import end_of
from models.appetite import in_use
from models.champion import Champion, read_champion
from models.decision.book import LimitRun, assess, set_limits
from models.decision.facts import CurrentLimit
from models.decision.gather import Assessment
from models.policy import Policy
from serving.book.export import export_book
from serving.book.identities import unite
from serving.database.queries import query

LOCK = "bolanggu limit run"


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds on the day of a run.

    Attributes:
        limits: by identity.
        overridden: identities whose limit a person set.
        stopped: identities on which a notice or claim has stopped cover.
        whitelisted: exporters.
    """

    limits: dict[str, CurrentLimit]
    overridden: frozenset[str]
    stopped: frozenset[str]
    whitelisted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ground:
    """One book, known and scored once; limits may be decided on it under any policy.

    Attributes:
        known_at: the instant up to which all is known: now, or the end of the day.
        book: folder of the book, for as long as the ground is open.
        seen: features of every buyer.
        known: circumstances of every buyer.
    """

    day: date
    known_at: datetime
    champion: Champion
    in_force: InForce
    book: Path
    seen: pa.Table
    known: pa.Table
    assessment: Assessment

    def decide(self, policy: Policy, scale: float = 1.0, *, anew: bool = False) -> LimitRun:
        """Decide the limit of every buyer; nothing is written.

        Args:
            policy: the terms.
            scale: the appetite is this part of the policy's.
            anew: as if no limit were in force, so that nothing is kept or given notice for the sake of what was.
        """
        return set_limits(
            self.seen,
            self.known,
            self.assessment,
            policy,
            self.day,
            {} if anew else self.in_force.limits,
            horizon_days=self.champion.bundle.horizon_days,
            model_version=self.champion.version,
            appetite_scale=scale,
        )


def scale_for(home: Path, policy: Policy) -> float:
    """Tell what part of a policy's appetite is used: as it was calibrated, else all of it."""
    calibrated = in_use(home, policy.version)
    return 1.0 if calibrated is None else calibrated.scale


@contextmanager
def open_ground(
    connection: psycopg.Connection[Any], home: Path, day: date, tell: Callable[[str], None] | None = None
) -> Iterator[Ground]:
    """Read and score the database's book as known at the end of a day; of two grounds at once one waits.

    Args:
        connection: to the database, in autocommit.
        home: where the champion lies.
        day: what was recorded later does not count.
        tell: is called as the work goes on, with `exported` and `scored`.

    Raises:
        BundleError: no model was promoted yet.
        BookError, DataError: the book cannot be scored.
    """
    champion = read_champion(home)
    with _alone(connection), tempfile.TemporaryDirectory() as folder:
        book, known_at = Path(folder) / "book", _known_at(connection, day)
        in_force = read_in_force(connection, day)
        export_book(connection, book)
        unite(book, dict(connection.execute(query("merged_buyers"), {"known_at": known_at}).fetchall()))
        if tell:
            tell("exported")
        seen = snapshot(book, [day])
        with connect() as opened:
            open_book(book, opened)
            known = circumstances(opened, day, in_force.whitelisted)
        assessment = assess(champion.bundle, seen)
        if tell:
            tell("scored")
        yield Ground(day, known_at, champion, in_force, book, seen, known, assessment)


def read_in_force(connection: psycopg.Connection[Any], day: date) -> InForce:
    """Read what holds on a day, as known now."""
    rows = connection.execute(query("limits_in_force"), {"day": day}).fetchall()
    whitelisted = connection.execute(query("whitelisted_on"), {"day": day}).fetchall()
    return InForce(
        {identity: CurrentLimit(amount, valid_to or date.max) for identity, amount, valid_to, _, _ in rows},
        frozenset(identity for identity, _, _, source, _ in rows if source == "underwriter"),
        frozenset(identity for identity, *_, source, status in rows if (source, status) == ("event", "suspended")),
        frozenset(exporter for (exporter,) in whitelisted),
    )


def _known_at(connection: psycopg.Connection[Any], day: date) -> datetime:
    row = connection.execute("SELECT least(clock_timestamp(), %s)", [end_of(day)]).fetchone()
    assert row is not None, "a clock has one time"
    known_at: datetime = row[0]
    return known_at


@contextmanager
def _alone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Hold the runs' lock; the database drops it with the connection if the process dies."""
    connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [LOCK])
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [LOCK])
