"""Working trials out: one ground, one scoring, and the decisions of each policy on it.

A trial is worked on by one process at a time, which holds the database's lock on it. Where that process ends before the
trial has its outcome, the lock is gone with it and the work begins anew, three times at most.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
import structlog
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from features.errors import BolangguError
from models.decision.book import LimitRun
from models.decision.gather import usual_values
from models.policy import Policy
from serving.book.export import export_book
from serving.book.identities import unite
from serving.book.peers import keep_usual, refresh_peers
from serving.database.queries import query
from serving.limits.ground import Ground, open_ground, scale_for
from serving.limits.record import reasons_json
from serving.limits.trials.asks import Kind, PolicyChoice
from serving.limits.trials.basis import Basis, Counts, terms_on
from serving.limits.trials.figures import Line, Side, lines_of, side_of

log = structlog.get_logger(__name__)

MOST_STARTS = 3


@dataclass(frozen=True, slots=True)
class Task:
    """A trial that waits to be worked out; `starts` counts how often that began."""

    trial_id: int
    kind: Kind
    as_of: date
    policies: list[dict[str, str]]
    starts: int


def work_waiting(connection: psycopg.Connection[Any], home: Path) -> int:
    """Work out every trial that waits and nobody works on, and finish releases; give how many there were.

    Args:
        connection: to the database, in autocommit.
        home: where the champion lies.
    """
    with connection.cursor(row_factory=class_row(Task)) as cursor:
        tasks = cursor.execute(query("waiting_trials")).fetchall()
    done = 0
    for task in tasks:
        with _claimed(connection, task.trial_id, "trial_outcome") as is_mine:
            if is_mine:
                _work_out(connection, home, task)
                done += 1
    return done + _finish_releases(connection)


@contextmanager
def _claimed(connection: psycopg.Connection[Any], trial_id: int, done: LiteralString) -> Iterator[bool]:
    """Try to hold the lock on a trial; tell whether it is held and the statement `done` finds nothing done yet."""
    row = connection.execute(query("claim_trial"), {"trial_id": trial_id}).fetchone()
    is_held = row is not None and bool(row[0])
    try:
        yield is_held and connection.execute(query(done), [trial_id]).fetchone() is None
    finally:
        if is_held:
            connection.execute(query("leave_trial"), {"trial_id": trial_id})


def _work_out(connection: psycopg.Connection[Any], home: Path, task: Task) -> None:
    if task.starts >= MOST_STARTS:
        _fail(connection, task, f"the work was interrupted {task.starts} times; ask for it anew")
        return
    _tell(connection, task, "started")
    try:
        _decide_and_keep(connection, home, task)
    except BolangguError as error:
        _fail(connection, task, str(error))
    except psycopg.OperationalError:
        raise  # the database went away: the trial waits on as it is
    except Exception:
        log.exception("trial failed", trial_id=task.trial_id)
        _fail(connection, task, "something went wrong on our side; the service's log tells more")


def _decide_and_keep(connection: psycopg.Connection[Any], home: Path, task: Task) -> None:
    choices = [PolicyChoice.model_validate(each) for each in task.policies]
    policies = [choice.policy() for choice in choices]
    counted_at = datetime.now(UTC)
    counts = _counts(connection, counted_at)
    with open_ground(connection, home, task.as_of, lambda step: _tell(connection, task, step)) as ground:
        tried = [
            _tried(ground, policy, scale_for(home, policy), choice, task)
            for policy, choice in zip(policies, choices, strict=True)
        ]
        _tell(connection, task, "decided")
        usual = usual_values(ground.seen, ground.champion.bundle.features)
        terms = terms_on(task.as_of, home, ground.champion)
        basis = Basis(terms, counts, counted_at, ground.known_at, str(uuid4()), usual)
        with connection.transaction():
            for place, (run, lines, _) in enumerate(tried):
                _keep_decisions(connection, task, place, run, lines)
            sides = Jsonb([asdict(side) for _, _, side in tried])
            _finish(connection, task, None, Jsonb(basis.as_json()), sides)


def _tried(
    ground: Ground, policy: Policy, scale: float, choice: PolicyChoice, task: Task
) -> tuple[LimitRun, list[Line], Side]:
    """Decide under one policy; two are compared as if either had always held, a preview moves what is in force."""
    run = ground.decide(policy, scale, anew=task.kind == "comparison")
    lines = lines_of(run, ground)
    return run, lines, side_of(run, lines, scale, is_on_trial=choice.text is not None)


def _keep_decisions(
    connection: psycopg.Connection[Any], task: Task, place: int, run: LimitRun, lines: list[Line]
) -> None:
    with connection.cursor() as cursor, cursor.copy(query("copy_trial_decisions")) as copy:
        for row, line in enumerate(lines):
            made = line.decision
            workings = run.workings(row) if task.kind == "preview" else None
            copy.write_row(
                (task.trial_id, place, made.buyer_id, line.country, line.stands, made.change, line.previous,
                 made.amount, made.outcome, made.authority, made.valid_from, made.valid_to, made.grade, made.pd,
                 made.policy_version, reasons_json(made.reasons), workings)
            )  # fmt: skip


def _counts(connection: psycopg.Connection[Any], counted_at: datetime) -> Counts:
    with connection.cursor(row_factory=class_row(Counts)) as cursor:
        found = cursor.execute(query("trial_counts"), {"counted_at": counted_at}).fetchone()
    assert found is not None, "the statement gives one row"
    return found


def _tell(connection: psycopg.Connection[Any], task: Task, step: str) -> None:
    connection.execute(query("add_trial_step"), {"trial_id": task.trial_id, "step": step})


def _fail(connection: psycopg.Connection[Any], task: Task, failure: str) -> None:
    _finish(connection, task, failure, None, None)


def _finish(
    connection: psycopg.Connection[Any], task: Task, failure: str | None, basis: Jsonb | None, sides: Jsonb | None
) -> None:
    row = {"trial_id": task.trial_id, "failure": failure, "basis": basis, "sides": sides}
    connection.execute(query("add_trial_outcome"), row)


def _finish_releases(connection: psycopg.Connection[Any]) -> int:
    """Bring what one buyer's features rest on to the day of the newest release, as a run does."""
    done = 0
    for trial_id, day, known_at, usual in connection.execute(query("unfinished_releases")).fetchall():
        with _claimed(connection, trial_id, "release_finished") as is_mine, TemporaryDirectory() as folder:
            if not is_mine:
                continue
            book = Path(folder) / "book"
            export_book(connection, book)
            unite(book, dict(connection.execute(query("merged_buyers"), {"known_at": known_at}).fetchall()))
            with connection.transaction():
                refresh_peers(connection, book, day)
                keep_usual(connection, usual)
                connection.execute(query("finish_release"), [trial_id])
            done += 1
    return done
