"""Use cases: ask for another version in use, or for the one before; confirm, decline or withdraw what was asked.

Every change takes two persons: a modeller asks, and another modeller or a senior confirms. Where a gate fails, the
modeller asks for an override, which only a senior confirms. Nothing happens before; what was confirmed is carried out
by `serving.models.keeper`.
"""

from psycopg.types.json import Jsonb

from features.errors import UnavailableError
from serving.access.audit import Act, record_act
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run, run_keyed
from serving.database.queries import query
from serving.errors import ForbiddenError, NotFoundError, OtherBodyError, RefusedError
from serving.models.changes import (
    Change,
    ChangeAsk,
    ChangeKind,
    ChangeWord,
    PromotionAsk,
    add_word,
    find_changes,
    one_change,
)
from serving.models.kept import Kept, kept
from serving.models.registry import Judged

_OPEN = ("waiting", "confirmed")
_MOST_OPEN = 200


async def ask_promotion(pool: Pool, principal: Principal, version: str, ask: PromotionAsk) -> Change:
    """Ask for a version to be put into use, once for each of the asker's keys.

    Raises:
        ForbiddenError: the role may not.
        NotFoundError: the registry has no such version.
        OtherBodyError: the asker used the same key for something else.
        RefusedError: it is in use or asked for already, or fails a gate without an override.
        UnavailableError: the registry was not read yet, or the version not yet held against the gates.
    """
    require(principal, "ask_promotion")

    async def write(connection: Connection) -> Change:
        async with connection.transaction():
            now = await _now(connection)
            if (known := await _known(connection, principal, ask)) is not None:
                return _same(known, "promote", version, ask)
            judged = _promotable(now, version, ask)
            await _refuse_again(connection, "promote", version)
            return await _enter(connection, principal, "promote", version, now, ask, judged)

    return await run_keyed(pool, write)


async def ask_rollback(pool: Pool, principal: Principal, ask: ChangeAsk) -> Change:
    """Ask for the version that was in use before the champion, once for each of the asker's keys.

    Raises:
        ForbiddenError: the role may not.
        OtherBodyError: the asker used the same key for something else.
        RefusedError: there is none before, or it is asked for already.
        UnavailableError: the registry was not read yet.
    """
    require(principal, "ask_rollback")

    async def write(connection: Connection) -> Change:
        async with connection.transaction():
            now = await _now(connection)
            if (known := await _known(connection, principal, ask)) is not None:
                return _same(known, "roll_back", known.version, ask)
            previous = now.reading.previous
            if previous is None:
                champion = now.reading.champion
                raise RefusedError("champion", champion, "has no version before it", "promote another version instead")
            await _refuse_again(connection, "roll_back", previous)
            return await _enter(connection, principal, "roll_back", previous, now, ask, None)

    return await run_keyed(pool, write)


async def decide_change(pool: Pool, principal: Principal, change_id: int, word: ChangeWord) -> Change:
    """Confirm, decline or withdraw a change that waits; the same word again changes nothing.

    Raises:
        ForbiddenError: the role may not, or it would be the same two eyes again.
        NotFoundError: no such change.
        RefusedError: it waits no more.
    """
    require(principal, "decide_model_change")

    async def write(connection: Connection) -> Change:
        async with connection.transaction():
            await connection.execute(query("hold_changes"))
            change = await one_change(connection, change_id)
            if _is_repeated(change, principal, word):
                return change
            _refuse_stranger(change, principal, word)
            if change.status != "waiting":
                raise RefusedError("change", change_id, f"is {change.status.replace('_', ' ')} already", "ask anew")
            await add_word(connection, change, word.verdict, word.reason, principal.name, principal.role)
            before, after = {"status": change.status}, {"status": word.verdict}
            told = {"change_id": change_id, "asked_by": change.asked_by, "version": change.version}
            act = Act("decide_model_change", "model", change.version, told | before, told | after, word.reason)
            await record_act(connection, principal, act)
            return await one_change(connection, change_id)

    return await run(pool, write)


async def _now(connection: Connection) -> Kept:
    """Give what the registry said last, with all others who ask kept waiting."""
    await connection.execute(query("hold_changes"))
    found = await kept(connection)
    if found is None:
        raise UnavailableError("registry", None, "has not been read yet", "look again in a moment")
    return found


async def _known(connection: Connection, principal: Principal, ask: ChangeAsk) -> Change | None:
    row = await (await connection.execute(query("change_of_event"), [principal.name, ask.event_id])).fetchone()
    return None if row is None else await one_change(connection, row[0])


def _same(known: Change, kind: ChangeKind, version: str, ask: ChangeAsk) -> Change:
    is_override = isinstance(ask, PromotionAsk) and ask.override
    if (known.kind, known.version, known.reason, known.is_override) != (kind, version, ask.reason, is_override):
        cause = "was used before with another content"
        raise OtherBodyError("change", ask.event_id, cause, "send the first content again, or use a new event_id")
    return known


def _promotable(now: Kept, version: str, ask: PromotionAsk) -> Judged:
    """Give how a version stands against the gates, where it may be asked for."""
    found = now.version(version)
    if found is None:
        raise NotFoundError("model version", version, "is not in the registry", "see the list of models")
    if version == now.reading.champion:
        raise RefusedError("model version", version, "is in use already", "nothing needs to be done")
    judged = now.judged.get(found.run_id)
    if judged is None:
        cause = "was not held against the gates beside the champion yet"
        raise UnavailableError("model version", version, cause, "read the registry anew and wait a moment")
    if judged.fault is not None:
        raise RefusedError("model version", version, f"cannot be put into use ({judged.fault})", "train anew")
    if judged.failed and not ask.override:
        remedy = "train anew, or ask for an override and say why"
        raise RefusedError("model version", version, f"fails {', '.join(judged.failed)}", remedy)
    if ask.override and not judged.failed:
        raise RefusedError("model version", version, "passes every gate", "leave out the override")
    return judged


async def _refuse_again(connection: Connection, kind: ChangeKind, version: str) -> None:
    for each in await find_changes(connection, most=_MOST_OPEN):
        if (each.kind, each.version) == (kind, version) and each.status in _OPEN:
            cause = f"is asked for already, by {each.asked_by} as change {each.change_id}"
            raise RefusedError("model version", version, cause, "confirm or decline that one")


async def _enter(
    connection: Connection,
    principal: Principal,
    kind: ChangeKind,
    version: str,
    now: Kept,
    ask: ChangeAsk,
    judged: Judged | None,
) -> Change:
    champion, is_override = now.reading.champion, isinstance(ask, PromotionAsk) and ask.override
    row = {
        "event_id": ask.event_id,
        "kind": kind,
        "version": version,
        "champion": champion,
        "is_override": is_override,
        "reason": ask.reason,
        "judged": None if judged is None else Jsonb(judged.model_dump(mode="json")),
        "asked_by": principal.name,
        "asked_role": principal.role,
    }
    made = await (await connection.execute(query("add_change"), row)).fetchone()
    assert made is not None, "the statement gives the new change's id"
    action = "ask_promotion" if kind == "promote" else "ask_rollback"
    after = {"change_id": made[0], "version": version, "status": "waiting", "is_override": is_override}
    await record_act(connection, principal, Act(action, "model", version, {"champion": champion}, after, ask.reason))
    return await one_change(connection, made[0])


def _is_repeated(change: Change, principal: Principal, word: ChangeWord) -> bool:
    """Tell whether this was said already, so that a second click changes nothing."""
    return any((each.said_by, each.status) == (principal.name, word.verdict) for each in change.words)


def _refuse_stranger(change: Change, principal: Principal, word: ChangeWord) -> None:
    is_own = principal.name == change.asked_by
    if word.verdict == "withdrawn":
        if not is_own:
            raise ForbiddenError("change", change.change_id, "is somebody else's", "only who asked withdraws it")
        return
    if is_own:
        cause = f"needs other eyes than those of {principal.name}"
        raise ForbiddenError("change", change.change_id, cause, "ask a colleague, or withdraw it")
    if word.verdict == "confirmed" and not change.may_be_confirmed_by(principal):
        raise ForbiddenError("role", principal.role, "may not pass over a failed gate", "ask a senior")
