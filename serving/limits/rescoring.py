"""A new fact about a buyer moves its limit at once: cover is stopped, the limit reduced, or what held before restored.

The order of precedence:
1. Money reported overdue and not paid, or a claim not rejected, stops cover; paid in full, it speaks no more.
2. What a person set holds otherwise. While it gives cover, it also settles every fact recorded before it. Once all is
   paid, no stop beneath it comes back when it ends.
3. Else the champion decides anew on the buyer's features of this instant, within what the last run over the book gave.

Facts wait in a table that their event wrote in its own transaction, so a crash loses none; several server processes
may take from it at once. One identity is weighed by one of them at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

import psycopg
import structlog

from features.errors import BookError
from models.champion import Champion
from models.decision.single import Redecided, redecide
from models.policy import policies
from serving.book.peers import buyer_features, extend_rates
from serving.database.queries import query
from serving.ledger.limits import RESCORING
from serving.limits.holding import Holding, has_trouble, is_all_paid, read_holding
from serving.limits.record import (
    record_event_limit,
    record_lift,
    record_stop,
    record_workings,
    take_back_stops,
    wait_for_runs,
)

log = structlog.get_logger(__name__)

Outcome = Literal["stopped", "reduced", "restored", "unchanged", "left_to_person", "unscored"]
# Gives the model in use, None where there is none.
InUse = Callable[[], Champion | None]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What became of a fact, and the limit that came of it."""

    outcome: Outcome
    limit_id: int | None = None


def rescore_waiting(connection: psycopg.Connection[Any], in_use: InUse) -> int:
    """Weigh every fact that waits, one transaction each; give their number. The connection must be in autocommit."""
    weighed = 0
    while _rescore_next(connection, in_use):
        weighed += 1
    return weighed


def _rescore_next(connection: psycopg.Connection[Any], in_use: InUse) -> bool:
    with connection.transaction():
        fact = connection.execute(query("next_rescore")).fetchone()
        if fact is None:
            return False
        rescore_id, buyer_id, cause = fact
        try:
            with connection.transaction():
                weighed = _weigh(connection, in_use, buyer_id, f"rescore {rescore_id}", cause)
        except psycopg.OperationalError:
            raise  # the database went away: the fact waits on as it is
        except Exception:
            log.exception("rescoring failed", rescore_id=rescore_id, buyer_id=buyer_id)
            connection.execute(query("postpone_rescore"), {"rescore_id": rescore_id})
        else:
            told = {"rescore_id": rescore_id, "outcome": weighed.outcome, "limit_id": weighed.limit_id}
            connection.execute(query("rescored"), told)
            log.info("rescored", buyer_id=buyer_id, cause=cause, **told)
    return True


def _weigh(connection: psycopg.Connection[Any], in_use: InUse, buyer_id: str, run_id: str, cause: str) -> Weighed:
    connection.execute(query("hold_buyers_limit"), {"buyer_id": buyer_id})
    wait_for_runs(connection)
    today = datetime.now(UTC).date()
    held = read_holding(connection, buyer_id, today)
    if has_trouble(connection, held):
        return Weighed("stopped", None if held.is_stopped else record_stop(connection, held.identity_id, today))
    if held.is_a_persons:
        if is_all_paid(connection, held):
            take_back_stops(connection, held.identity_id, today, run_id)
        return _give_back(connection, held, today) if held.is_stopped else Weighed("left_to_person")
    champion = in_use()
    made = None if champion is None else _decided(connection, champion, held, today, cause)
    if champion is None or made is None:
        return _lifted(connection, held, today, run_id) if held.source == "event" else Weighed("unscored")
    return _follow(connection, held, made, champion.version, today, run_id)


def _give_back(connection: psycopg.Connection[Any], held: Holding, today: date) -> Weighed:
    again = {"limit_id": held.persons_limit_id, "day": today, "by": RESCORING}
    row = connection.execute(query("reinstate_limit"), again).fetchone()
    assert row is not None, "the limit was just read"
    return Weighed("restored", row[0])


def _lifted(connection: psycopg.Connection[Any], held: Holding, today: date, run_id: str) -> Weighed:
    return Weighed("restored", record_lift(connection, held.identity_id, today, run_id))


def _decided(
    connection: psycopg.Connection[Any], champion: Champion, held: Holding, today: date, cause: str
) -> Redecided | None:
    """Decide by the champion; None where no order of the buyer is in the book, or an amount has no rate."""
    features = _features(connection, held, today)
    if features is None:
        return None
    made_with = {"model_version": champion.version, "horizon_days": champion.bundle.horizon_days, "cause": cause}
    usual = dict(connection.execute(query("usual_values")).fetchall())
    policy = policies().at(today)
    return redecide(features, held.country, champion.bundle, policy, today, held.model_limit, usual, made_with)


def _features(connection: psycopg.Connection[Any], held: Holding, today: date) -> dict[str, Any] | None:
    try:
        return buyer_features(connection, held.identity_id, today, held.members)
    except BookError:
        extend_rates(connection, today)  # a currency, or a day, that the book did not have at the last run
    try:
        return buyer_features(connection, held.identity_id, today, held.members)
    except BookError as error:
        log.warning("not scored", buyer_id=held.identity_id, error=str(error))
        return None


def _follow(
    connection: psycopg.Connection[Any], held: Holding, made: Redecided, model_version: str, today: date, run_id: str
) -> Weighed:
    """Put into force what the champion came to, where it differs from what holds."""
    decision = made.decision
    most = policies().at(today).discretionary_limit if held.model_cents is None else held.model_cents
    if decision.amount >= most:
        if held.source != "event" and not held.is_reduced:
            return Weighed("unchanged")
        record_workings(connection, held.identity_id, made.workings, run_id)
        return _lifted(connection, held, today, run_id)
    if decision.amount == held.reduced_cents and not held.is_stopped:
        return Weighed("unchanged")
    record_workings(connection, held.identity_id, made.workings, run_id)
    if held.is_stopped and decision.valid_from > today:
        _lifted(connection, held, today, run_id)  # until the reduction holds, the model's limit does
    status = decision.outcome if decision.amount == 0 else "reduced"
    limit_id = record_event_limit(connection, status, decision, model_version, run_id)
    return Weighed("stopped" if status == "suspended" else "reduced", limit_id)
