"""One run of limit setting: decided for the whole book, put into force in one transaction or not at all."""

import tempfile
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from models.champion import Champion, read_champion
from models.limits import Limit, decide_limit
from models.policy import Policy, policies
from serving.book.export import export_book
from serving.database.queries import query
from serving.limits.scoring import score_book

LOCK = "bolanggu limit run"


@dataclass(frozen=True, slots=True)
class LimitRun:
    """Limits decided for a book as known on `day`, by a version of the model and one of the policy."""

    run_id: str
    day: date
    model_version: str
    policy_version: str
    limits: tuple[Limit, ...]


def decide_run(book: Path, champion: Champion, policy: Policy, day: date) -> LimitRun:
    """Decide the limit of every buyer that has traded; nothing is written."""
    risks = score_book(book, champion.bundle, policy, day)
    limits = tuple(decide_limit(risk, policy, day) for risk in risks)
    return LimitRun(str(uuid.uuid4()), day, champion.version, policy.version, limits)


def set_limits(connection: psycopg.Connection[Any], home: Path, day: date, dry_run: bool = False) -> dict[str, Any]:
    """Set the limits of the database's book as known at the end of a day, by the champion under `home`.

    Returns:
        What `summary` tells of the run; a dry run decides the same and records nothing.

    Raises:
        BundleError: no model was promoted yet.
        ConfigError: no policy was in force on that day.
    """
    champion, policy = read_champion(home), policies().at(day)
    with tempfile.TemporaryDirectory() as folder:
        export_book(connection, Path(folder) / "book")
        run = decide_run(Path(folder) / "book", champion, policy, day)
    told = summary(run, limits_in_force(connection, day)) | {"dry_run": dry_run}
    if not dry_run:
        put_into_force(connection, run, f"set-limits, run {run.run_id}")
    return told


def put_into_force(connection: psycopg.Connection[Any], run: LimitRun, recorded_by: str) -> int:
    """Record all limits of a run in one transaction; give how many. Two runs at once wait for one another."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
        with cursor.copy(query("copy_limits")) as copy:
            for limit in run.limits:
                copy.write_row(_row(limit, run, recorded_by))
    return len(run.limits)


def summary(run: LimitRun, in_force: dict[str, int]) -> dict[str, Any]:
    """Tell what a run changes against the limits in force (identity -> US cents), amounts in US cents."""
    changes = [limit.amount - in_force.get(limit.buyer_id, 0) for limit in run.limits]
    return {
        "run_id": run.run_id,
        "as_of": run.day.isoformat(),
        "model_version": run.model_version,
        "policy_version": run.policy_version,
        "limits": len(run.limits),
        "outcomes": dict(sorted(Counter(limit.outcome for limit in run.limits).items())),
        "grades": dict(sorted(Counter(limit.grade or "none" for limit in run.limits).items())),
        "raised": sum(change > 0 for change in changes),
        "lowered": sum(change < 0 for change in changes),
        "total_usd_cents": sum(limit.amount for limit in run.limits),
        "total_before_usd_cents": sum(in_force.values()),
    }


def limits_in_force(connection: psycopg.Connection[Any], day: date) -> dict[str, int]:
    """Read every identity's limit in force on a day, in US cents."""
    return dict(connection.execute(query("limits_in_force"), {"day": day}).fetchall())


def _row(limit: Limit, run: LimitRun, recorded_by: str) -> tuple[object, ...]:
    reasons = Jsonb([{"code": reason.code, "facts": reason.facts} for reason in limit.reasons])
    return (
        limit.buyer_id,
        limit.amount,
        limit.outcome,
        "model",
        limit.valid_from,
        limit.valid_to,
        limit.grade,
        limit.pd,
        limit.policy_version,
        run.model_version,
        run.run_id,
        reasons,
        recorded_by,
    )
