"""One run of limit setting: decided for the whole book, put into force in one transaction or not at all."""

import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa

from features.book.circumstances import circumstances
from features.book.folder import connect, open_book
from features.money import USD, Money
from features.snapshot import snapshot
from features.snapshot.days import end_of
from models.appetite import in_use
from models.champion import Champion, read_champion
from models.decision.book import LimitRun, assess
from models.decision.book import set_limits as decide_limits
from models.decision.facts import CurrentLimit, Decision
from models.decision.gather import usual_values
from models.policy import Policy, policies
from serving.book.export import export_book
from serving.book.identities import unite
from serving.book.peers import keep_usual, refresh_peers
from serving.database.queries import query
from serving.limits.record import record_run

_LOCK = "bolanggu limit run"
_MOVERS = 5


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds on the day of a run: limits by identity, those that a person set, and whitelisted exporters."""

    limits: dict[str, CurrentLimit]
    overridden: frozenset[str]
    whitelisted: frozenset[str]


def set_limits(connection: psycopg.Connection[Any], home: Path, day: date, dry_run: bool = False) -> dict[str, Any]:
    """Set the limits of the database's book as known at the end of a day, by the champion under `home`.

    Limits that a person set stand until they end, and stopped cover stays stopped. Of two runs at once one waits.

    Returns:
        What `summary` tells of the run; a dry run decides the same and records nothing.

    Raises:
        BundleError: no model was promoted yet.
        ConfigError: no policy was in force on that day.
    """
    champion, policy, run_id = read_champion(home), policies().at(day), str(uuid.uuid4())
    calibrated = in_use(home, policy.version)
    scale = 1.0 if calibrated is None else calibrated.scale
    with _alone(connection), tempfile.TemporaryDirectory() as folder:
        book, known_at = Path(folder) / "book", _known_at(connection, day)
        in_force = read_in_force(connection, day)
        export_book(connection, book)
        unite(book, dict(connection.execute(query("merged_buyers"), {"known_at": known_at}).fetchall()))
        seen = snapshot(book, [day])
        run = decide_run(book, seen, champion, policy, day, in_force, scale)
        rows = [row for row, each in enumerate(run.decisions) if each.buyer_id not in in_force.overridden]
        if not dry_run:
            record_run(connection, run, rows, champion.version, run_id, known_at)
            refresh_peers(connection, book, day)
            keep_usual(connection, usual_values(seen, champion.bundle.features))
    made_by = {"run_id": run_id, "as_of": day.isoformat(), "dry_run": dry_run, "model_version": champion.version}
    made_by["appetite_scale"] = scale
    return made_by | summary(run, [run.decisions[row] for row in rows], in_force)


def decide_run(
    book: Path,
    seen: pa.Table,
    champion: Champion,
    policy: Policy,
    day: date,
    in_force: InForce,
    appetite_scale: float = 1.0,
) -> LimitRun:
    """Decide the limit of every buyer of a book's snapshot; nothing is written."""
    with connect() as opened:
        open_book(book, opened)
        known = circumstances(opened, day, in_force.whitelisted)
    return decide_limits(
        seen,
        known,
        assess(champion.bundle, seen),
        policy,
        day,
        in_force.limits,
        horizon_days=champion.bundle.horizon_days,
        model_version=champion.version,
        appetite_scale=appetite_scale,
    )


def _known_at(connection: psycopg.Connection[Any], day: date) -> datetime:
    """The instant up to which a run knows all: now, or the end of its day."""
    row = connection.execute("SELECT least(clock_timestamp(), %s)", [end_of(day)]).fetchone()
    assert row is not None, "a clock has one time"
    known_at: datetime = row[0]
    return known_at


def read_in_force(connection: psycopg.Connection[Any], day: date) -> InForce:
    """Read what holds on a day, as known now."""
    rows = connection.execute(query("limits_in_force"), {"day": day}).fetchall()
    whitelisted = connection.execute(query("whitelisted_on"), {"day": day}).fetchall()
    return InForce(
        {identity: CurrentLimit(amount, valid_to or date.max) for identity, amount, valid_to, _ in rows},
        frozenset(identity for identity, _, _, source in rows if source == "underwriter"),
        frozenset(exporter for (exporter,) in whitelisted),
    )


def summary(run: LimitRun, decisions: list[Decision], in_force: InForce) -> dict[str, Any]:
    """Tell what a run comes to: counts, amounts in US cents, the book's tail, and the largest movers."""
    movers = sorted(decisions, key=lambda each: (-abs(each.amount - (each.previous or 0)), each.buyer_id))
    return {
        "policy_version": run.policy.version,
        "limits": len(decisions),
        "overrides_kept": len(run.decisions) - len(decisions),
        "outcomes": dict(sorted(Counter(each.outcome for each in decisions).items())),
        "changes": dict(sorted(Counter(each.change for each in decisions).items())),
        "grades": dict(sorted(Counter(each.grade or "none" for each in decisions).items())),
        "total_usd_cents": sum(each.amount for each in decisions),
        "total_before_usd_cents": sum(each.amount for each in in_force.limits.values()),
        "expected_covered_usd_cents": round(run.covered),
        "expected_compensation_usd_cents": round(run.loss),
        "largest_movers": [_told(each) for each in movers[:_MOVERS]],
    }


@contextmanager
def _alone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Hold the run's lock; the database drops it with the connection if the process dies."""
    connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [_LOCK])
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [_LOCK])


def _told(decision: Decision) -> dict[str, Any]:
    return {
        "buyer_id": decision.buyer_id,
        "from": None if decision.previous is None else str(Money(decision.previous, USD)),
        "to": str(Money(decision.amount, USD)),
        "outcome": decision.outcome,
        "why": decision.reasons[0].text("en", "underwriter"),
    }
