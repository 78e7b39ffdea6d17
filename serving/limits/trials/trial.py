"""Trials as the database holds them, and the use cases of reading them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from psycopg.rows import class_row, dict_row

from serving.access.permissions import require
from serving.access.principal import Principal, Role
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.errors import NotFoundError
from serving.limits.trials.asks import Kind
from serving.limits.trials.basis import Basis, basis_of
from serving.limits.trials.figures import Part, Side

Status = Literal["waiting", "running", "failed", "ready", "released"]
READING: dict[Kind, str] = {"preview": "list_limit_runs", "comparison": "list_comparisons"}
_NAMES: dict[Kind, str] = {"preview": "limit run", "comparison": "comparison"}


@dataclass(frozen=True, slots=True)
class Step:
    """How far the work had come at an instant: started, exported, scored, decided."""

    step: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial with all that became of it.

    Attributes:
        policies: one or two, each {"version"} of a policy on file or {"text"} of one on trial.
        failure: why nothing came of it.
        sides: what each policy comes to; empty until it is ready.
    """

    trial_id: int
    event_id: str
    kind: Kind
    as_of: date
    policies: list[dict[str, str]]
    asked_by: str
    asked_role: str
    recorded_at: datetime
    steps: list[Step]
    failure: str | None
    basis: Basis | None
    sides: list[Side]
    finished_at: datetime | None
    run_id: str | None
    limits: int | None
    reason: str | None
    released_by: str | None
    released_at: datetime | None

    @property
    def status(self) -> Status:
        """Where it stands."""
        if self.released_at is not None:
            return "released"
        if self.finished_at is not None:
            return "ready" if self.failure is None else "failed"
        return "running" if self.steps else "waiting"

    @property
    def asker(self) -> Principal:
        """Who asked for it."""
        return Principal(self.asked_by, cast(Role, self.asked_role))


@dataclass(frozen=True, slots=True)
class Moved:
    """A buyer's limit before and after a preview, or under a comparison's two policies; amounts are US cents.

    Attributes:
        before_cents, grade_before: the limit in force; of a comparison, under the policy held against.
        stands: what outranks the decision, so that it changes nothing for now.
        why: the weightiest reason of the decision, as the ledger keeps it.
    """

    identity_id: str
    name: str | None
    country: str
    stands: str | None
    change: str
    status: str
    before_cents: int | None
    after_cents: int
    grade_before: str | None
    grade: str | None
    pd: float | None
    authority: str
    valid_from: date
    valid_to: date
    why: dict[str, Any] | None

    @property
    def change_cents(self) -> int:
        """By how much the limit rises."""
        return self.after_cents - (self.before_cents or 0)


async def find_trial(pool: Pool, principal: Principal, kind: Kind, trial_id: int) -> Trial:
    """Find one trial of a kind.

    Raises:
        ForbiddenError: the role may not.
        NotFoundError: there is none of that id.
    """
    require(principal, READING[kind])
    return await run(pool, lambda connection: one_trial(connection, kind, trial_id))


async def list_trials(
    pool: Pool, principal: Principal, kind: Kind, *, before: int | None = None, most: int = 50
) -> list[Trial]:
    """List trials of a kind, newest first.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, READING[kind])
    return await run(pool, lambda connection: _read(connection, kind, None, before, most))


async def list_moves(
    pool: Pool, principal: Principal, trial: Trial, *, after: str = "", most: int = 1_000_000
) -> list[Moved]:
    """List the buyers whose limit a preview changes, or is not the same under a comparison's policies, by identity.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, READING[trial.kind])
    wanted = {"trial_id": trial.trial_id, "day": trial.as_of, "after": after, "most": most}

    async def ask(connection: Connection) -> list[Moved]:
        async with connection.cursor(row_factory=class_row(Moved)) as cursor:
            await cursor.execute(query(f"{trial.kind}_moves"), wanted)
            return await cursor.fetchall()

    return await run(pool, ask)


async def one_trial(connection: Connection, kind: Kind, trial_id: int) -> Trial:
    """Read one trial of a kind.

    Raises:
        NotFoundError: there is none of that id.
    """
    found = await _read(connection, kind, trial_id, None, 1)
    if not found:
        raise NotFoundError(_NAMES[kind], trial_id, "is not known", "use an id of the list")
    return found[0]


async def _read(connection: Connection, kind: Kind, trial_id: int | None, before: int | None, most: int) -> list[Trial]:
    wanted = {"kind": kind, "trial_id": trial_id, "before": before, "most": most}
    async with connection.cursor(row_factory=dict_row) as cursor:
        rows = await (await cursor.execute(query("list_trials"), wanted)).fetchall()
        ids = [row["trial_id"] for row in rows]
        steps = await (await cursor.execute(query("trial_steps"), [ids])).fetchall()
    return [_trial(row, [each for each in steps if each["trial_id"] == row["trial_id"]]) for row in rows]


def _trial(row: dict[str, Any], steps: Sequence[dict[str, Any]]) -> Trial:
    basis = row.pop("basis")
    sides = [_side(each) for each in row.pop("sides") or []]
    made = [Step(each["step"], each["recorded_at"]) for each in steps]
    return Trial(**row, steps=made, basis=None if basis is None else basis_of(basis), sides=sides)


def _side(told: dict[str, Any]) -> Side:
    parts = {name: [Part(**each) for each in told[name]] for name in ("by_grade", "by_country")}
    return Side(**{**told, **parts, "total": Part(**told["total"])})
