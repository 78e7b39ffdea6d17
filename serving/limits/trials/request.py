"""The use case of asking for a trial; it is worked out beside the service, and its page tells how far that is."""

from datetime import UTC, date, datetime
from typing import Any

from psycopg.types.json import Jsonb

from serving.access.audit import Act, record_act
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run_keyed
from serving.database.queries import query
from serving.errors import OtherBodyError, RefusedError
from serving.limits.trials.asks import PreviewAsk, TrialAsk
from serving.limits.trials.trial import Trial, one_trial

# Trials of one person that may wait or be under way: each costs seconds of a whole core.
MOST_WAITING = 3


async def ask_for(pool: Pool, principal: Principal, ask: TrialAsk, today: date | None = None) -> Trial:
    """Ask for the preview of a limit run, or for a comparison, once for each of the asker's keys.

    Raises:
        ConfigError: no such policy, or what is at fault in one on trial.
        ForbiddenError: the role may not.
        OtherBodyError: the asker used the same key for something else.
        RefusedError: the day is to come, or too many of the asker's trials wait.
    """
    require(principal, ask.action)
    day = today or datetime.now(UTC).date()
    as_of = (ask.as_of if isinstance(ask, PreviewAsk) else None) or day
    if as_of > day:
        raise RefusedError("as_of", as_of, "is to come", f"name {day} or a day before")
    choices = ask.choices(as_of)
    for choice in choices:
        choice.policy()
    row: dict[str, Any] = {
        "event_id": ask.event_id,
        "kind": ask.kind,
        "as_of": as_of,
        "policies": Jsonb([choice.model_dump(exclude_none=True) for choice in choices]),
        "asked_by": principal.name,
        "asked_role": principal.role,
    }

    async def write(connection: Connection) -> Trial:
        async with connection.transaction():
            known = await (await connection.execute(query("trial_of_event"), row)).fetchone()
            if known is not None:
                if not known[1]:
                    cause = "was used before with another content"
                    raise OtherBodyError("trial", ask.event_id, cause, "use a new event_id")
                return await one_trial(connection, ask.kind, known[0])
            return await _enter(connection, principal, ask, row)

    return await run_keyed(pool, write)


async def _enter(connection: Connection, principal: Principal, ask: TrialAsk, row: dict[str, Any]) -> Trial:
    waiting = await (await connection.execute(query("trials_under_way"), row)).fetchone()
    if waiting is not None and waiting[0] >= MOST_WAITING:
        raise RefusedError("trials", waiting[0], "are under way already", "wait for one to end")
    made = await (await connection.execute(query("add_trial"), row)).fetchone()
    assert made is not None, "the statement gives the new trial's id"
    trial = await one_trial(connection, ask.kind, made[0])
    after = {
        "as_of": row["as_of"].isoformat(),
        "policies": [each.get("version", "on trial") for each in trial.policies],
    }
    await record_act(connection, principal, Act(ask.action, ask.kind, str(trial.trial_id), None, after))
    return trial
