"""The use case of releasing a preview: exactly what was shown is put into force, all of it or nothing."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from psycopg.rows import class_row

from models.champion import Champion
from models.policy import Policy, policies
from serving.access.audit import Act, record_act
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.desk.authority import Needed, needed
from serving.errors import ForbiddenError, RefusedError
from serving.limits.ground import LOCK
from serving.limits.record import hold_writing
from serving.limits.trials.asks import ReleaseAsk
from serving.limits.trials.basis import CAUSES, SETTLED, Basis, Counts, Stale, staleness, terms_on
from serving.limits.trials.trial import Trial, find_trial, one_trial


async def release(
    pool: Pool,
    principal: Principal,
    trial_id: int,
    ask: ReleaseAsk,
    home: Path,
    champion: Champion | None,
    today: date | None = None,
) -> Trial:
    """Put every limit of a preview into force in one transaction; the same release again changes nothing.

    Args:
        pool: connections.
        principal: who releases: another person than who asked for the preview, with authority for its largest rise.
        trial_id: the preview.
        ask: why.
        home: where the calibrated appetite lies.
        champion: the model in use.
        today: the day; the clock's by default.

    Raises:
        ForbiddenError: the role may not, or it would be the same two eyes, or the authority does not reach.
        NotFoundError: there is no such preview.
        RefusedError: it is not worked out, is released already, or is stale; or a run is under way.
    """
    require(principal, "release_limits")
    day = today or datetime.now(UTC).date()

    async def write(connection: Connection) -> Trial:
        async with connection.transaction():
            await connection.execute(query("hold_trial"), [trial_id])
            trial = await one_trial(connection, "preview", trial_id)
            if (trial.released_by, trial.reason) == (principal.name, ask.reason):
                return trial
            await _check(connection, principal, trial)
            await _hold_runs(connection, trial)
            await _refuse_stale(connection, trial, day, home, champion)
            await _put_into_force(connection, principal, trial, ask)
            return await one_trial(connection, "preview", trial_id)

    return await run(pool, write)


async def why_stale(
    pool: Pool, principal: Principal, trial_id: int, home: Path, champion: Champion | None, today: date | None = None
) -> list[Stale]:
    """Tell why a preview may no longer be released; nothing where it may.

    Raises:
        ForbiddenError: the role may not.
        NotFoundError: there is no such preview.
    """
    trial = await find_trial(pool, principal, "preview", trial_id)
    if trial.basis is None:
        return []
    day, basis = today or datetime.now(UTC).date(), trial.basis
    return await run(pool, lambda connection: _stale(connection, trial, basis, day, home, champion))


async def takes(pool: Pool, trial: Trial) -> Needed:
    """Tell what it takes to release a preview: two persons, one of them with authority for its largest rise."""
    return await run(pool, lambda connection: _needed(connection, trial))


async def _needed(connection: Connection, trial: Trial) -> Needed:
    row = await (await connection.execute(query("largest_rise"), [trial.trial_id])).fetchone()
    assert row is not None, "an aggregate has one row"
    return needed(_policy(trial), row[0], is_protective=False, lifts_stop=True)


async def _check(connection: Connection, principal: Principal, trial: Trial) -> None:
    if trial.released_by is not None:
        cause = f"was released by {trial.released_by}"
        raise RefusedError("limit run", trial.trial_id, cause, "ask for a new preview")
    if trial.status != "ready":
        remedy = "wait until it is worked out" if trial.failure is None else "ask for a new preview"
        raise RefusedError("limit run", trial.trial_id, f"is {trial.status}", remedy)
    if principal.name == trial.asked_by:
        cause = f"needs other eyes than those of {principal.name}, who asked for it"
        raise ForbiddenError("limit run", trial.trial_id, cause, "ask a colleague")
    if not (await _needed(connection, trial)).is_met(trial.asker, [principal]):
        cause = "raises limits beyond an underwriter's authority"
        raise ForbiddenError("limit run", trial.trial_id, cause, "ask a senior")


async def _hold_runs(connection: Connection, trial: Trial) -> None:
    row = await (await connection.execute(query("hold_runs"), {"lock": LOCK})).fetchone()
    if row is None or not row[0]:
        raise RefusedError("limit run", trial.trial_id, "has to wait: another run is under way", "try again shortly")
    await hold_writing(connection)


async def _refuse_stale(connection: Connection, trial: Trial, day: date, home: Path, champion: Champion | None) -> None:
    assert trial.basis is not None, "what is ready has a basis"
    found = await _stale(connection, trial, trial.basis, day, home, champion)
    if found:
        cause = "is stale: " + ", ".join(CAUSES[each] for each in found)
        raise RefusedError("limit run", trial.trial_id, cause, "ask for a new preview")


async def _stale(
    connection: Connection, trial: Trial, basis: Basis, day: date, home: Path, champion: Champion | None
) -> list[Stale]:
    async with connection.cursor(row_factory=class_row(Counts)) as cursor:
        await cursor.execute(query("trial_counts"), {"counted_at": basis.counted_at})
        counts = await cursor.fetchone()
    assert counts is not None, "the statement gives one row"
    since = {"trial_id": trial.trial_id, "since": basis.counted_at, "settled": basis.counted_at - SETTLED}
    row = await (await connection.execute(query("unweighed_rises"), since)).fetchone()
    assert row is not None, "a count has one row"
    return staleness(basis, terms_on(day, home, champion), counts, row[0])


async def _put_into_force(connection: Connection, principal: Principal, trial: Trial, ask: ReleaseAsk) -> None:
    basis = trial.basis
    assert basis is not None, "what is ready has a basis"
    row = {
        "trial_id": trial.trial_id,
        "run_id": basis.run_id,
        "model_version": basis.terms.model_version,
        "by": f"{principal.name}, run {basis.run_id}",
        "day": trial.as_of,
        "known_at": basis.known_at,
    }
    limits = (await connection.execute(query("release_limits"), row)).rowcount
    await connection.execute(query("release_workings"), row)
    await connection.execute(query("end_event_reductions"), row)
    said = {"limits": limits, "reason": ask.reason, "released_by": principal.name, "released_role": principal.role}
    await connection.execute(query("add_release"), row | said)
    total = trial.sides[0].total
    before = {"limits_cents": total.before_cents, "asked_by": trial.asked_by}
    after = {
        "limits_cents": total.after_cents,
        "limits": limits,
        "run_id": basis.run_id,
        "rests_on": asdict(basis.terms) | {"day": basis.terms.day.isoformat()},
    }
    act = Act("release_limits", "preview", str(trial.trial_id), before, after, ask.reason)
    await record_act(connection, principal, act)


def _policy(trial: Trial) -> Policy:
    return policies().version(trial.sides[0].policy_version)
