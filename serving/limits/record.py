"""Decided limits and what they were made of, written to the ledger."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from models.decision.book import LimitRun
from models.decision.facts import Decision
from models.reasons import Reason
from serving.database.pool import Connection
from serving.database.queries import query
from serving.ledger.limits import RESCORING


def record_run(
    connection: psycopg.Connection[Any],
    run: LimitRun,
    rows: Iterable[int],
    model_version: str,
    run_id: str,
    known_at: datetime,
) -> None:
    """Put decisions of a run into force, all or none, each with its workings.

    Reductions that events had made before `known_at` end: the run has weighed these events itself.
    """
    chosen = list(rows)
    by = f"set-limits, run {run_id}"
    with connection.transaction(), connection.cursor() as cursor:
        connection.execute(query("hold_writing"))
        with cursor.copy(query("copy_limits")) as copy:
            for row in chosen:
                copy.write_row(_row(run.decisions[row], model_version, run_id, by))
        with cursor.copy(query("copy_workings")) as copy:
            for row in chosen:
                copy.write_row((run_id, run.decisions[row].buyer_id, run.workings(row)))
        cursor.execute(query("end_event_reductions"), {"day": run.day, "by": by, "known_at": known_at})


def wait_for_runs(connection: psycopg.Connection[Any]) -> None:
    """Let a run that is writing its limits finish, and the next begin only after this transaction."""
    connection.execute(query("wait_for_writing"))


async def hold_writing(connection: Connection) -> None:
    """Keep limits that follow from events waiting until this transaction, which writes those of a run, ends."""
    await connection.execute(query("hold_writing"))


def record_event_limit(
    connection: psycopg.Connection[Any], status: str, decision: Decision, model_version: str, run_id: str
) -> int:
    """Put a limit that followed from an event into force; give its id."""
    return _event_limit(
        connection,
        identity_id=decision.buyer_id,
        amount_cents=decision.amount,
        status=status,
        valid_from=decision.valid_from,
        valid_to=decision.valid_to,
        grade=decision.grade,
        pd=decision.pd,
        policy_version=decision.policy_version,
        model_version=model_version,
        run_id=run_id,
        reasons=reasons_json(decision.reasons),
    )


def record_lift(connection: psycopg.Connection[Any], identity_id: str, day: date, run_id: str) -> int:
    """Mark that the model's limit holds again, not what an event had set; give the mark's id."""
    return _event_limit(connection, identity_id=identity_id, status="restored", valid_from=day, run_id=run_id)


def record_stop(connection: psycopg.Connection[Any], identity_id: str, day: date) -> int:
    """Stop cover on an identity; give the limit's id."""
    reasons = reasons_json([Reason("stop_cover")])
    return _event_limit(connection, identity_id=identity_id, status="suspended", valid_from=day, reasons=reasons)


def take_back_stops(connection: psycopg.Connection[Any], identity_id: str, day: date, run_id: str) -> None:
    """Let the stops of notices and claims that are all paid count no more, from a day on."""
    connection.execute(query("take_back_stops"), {"identity_id": identity_id, "day": day, "run_id": run_id})


def record_workings(connection: psycopg.Connection[Any], identity_id: str, workings: str, run_id: str) -> None:
    """Keep what a limit that followed from an event was made of."""
    row = {"run_id": run_id, "identity_id": identity_id, "workings": workings}
    connection.execute(query("add_workings"), row)


_UNSAID: dict[str, Any] = {
    "amount_cents": 0,
    "valid_to": None,
    "grade": None,
    "pd": None,
    "policy_version": None,
    "model_version": None,
    "run_id": None,
    "reasons": Jsonb([]),
    "by": RESCORING,
}


def _event_limit(connection: psycopg.Connection[Any], **said: object) -> int:
    row = connection.execute(query("set_event_limit"), _UNSAID | said).fetchone()
    assert row is not None, "an insertion gives its row"
    return int(row[0])


def _row(decision: Decision, model_version: str, run_id: str, by: str) -> tuple[object, ...]:
    return (
        decision.buyer_id,
        decision.amount,
        decision.outcome,
        "model",
        decision.valid_from,
        decision.valid_to,
        decision.grade,
        decision.pd,
        decision.policy_version,
        model_version,
        run_id,
        reasons_json(decision.reasons),
        by,
    )


def reasons_json(reasons: Iterable[Reason]) -> Jsonb:
    """Write reasons as the ledger keeps them."""
    return Jsonb([{"code": each.code, "facts": each.facts, "weight": each.weight} for each in reasons])
