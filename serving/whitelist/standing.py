"""Use cases of the whitelist: read the candidates with their evidence, and approve, decline or end a standing.

The rules propose and a person approves, so that two have looked at each. Nobody approves whom the rules exclude; whom
they only find not yet fit, a senior may approve. A standing holds for covers given from then on: the rate of a cover is
fixed when it is given.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict, Field

from serving.access.audit import Act, record_act
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run, run_keyed
from serving.database.queries import query
from serving.desk.asks import Reason
from serving.errors import ForbiddenError, NotFoundError, OtherBodyError, RefusedError
from serving.ledger.events import Day, EventId

Finding = Literal["candidate", "not_yet", "excluded"]
Standing = Literal["standard", "whitelisted"]
VALIDITY = timedelta(days=365)


class StandingWord(BaseModel):
    """What somebody says of an exporter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event_id: EventId = Field(description="the speaker's key; the same again changes nothing", examples=["WL-2026-01"])
    verdict: Literal["approve", "decline", "end"] = Field(description="end: of a whitelisted standing")
    reason: Reason = Field(description="why", examples=["Evidence checked against the customs records"])
    valid_to: Day | None = Field(None, description="for an approval: the first day without; a year by default")


@dataclass(frozen=True, slots=True)
class Candidate:
    """The finding of the latest day on an exporter, its standing, and the last word on it; amounts are US cents.

    Attributes:
        criteria: name, value, needed, at_least and missing of each.
        extra_compensation_cents: expected more to pay a year at the higher rate.
    """

    exporter_id: str
    name: str | None
    as_of: date
    status: Finding
    criteria: list[dict[str, Any]]
    excluded_for: list[str]
    extra_compensation_cents: int
    policy_version: str
    model_version: str | None
    recorded_at: datetime
    standing: Standing
    standing_until: date | None
    last_verdict: str | None
    last_reason: str | None
    last_decided_by: str | None
    last_decided_at: datetime | None


async def list_candidates(
    pool: Pool,
    principal: Principal,
    *,
    status: Finding | None = None,
    standing: Standing | None = None,
    after: str = "",
    most: int = 50,
) -> list[Candidate]:
    """List exporters with what the last review found, by exporter.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "list_candidates")

    async def ask(connection: Connection) -> list[Candidate]:
        return await _read(connection, status=status, standing=standing, after=after, most=most)

    return await run(pool, ask)


async def decide_standing(pool: Pool, principal: Principal, exporter_id: str, word: StandingWord) -> Candidate:
    """Approve, decline or end an exporter's place on the whitelist, once for each of the speaker's keys.

    Raises:
        ForbiddenError: the role may not, or only a senior may.
        NotFoundError: no review has looked at the exporter.
        OtherBodyError: the speaker used the same key for something else.
        RefusedError: it does not fit the findings or the standing.
    """
    require(principal, "decide_standing")

    async def write(connection: Connection) -> Candidate:
        async with connection.transaction():
            await connection.execute(query("hold_exporter"), [exporter_id])
            before = await _one(connection, exporter_id)
            if await _is_repeated(connection, principal, exporter_id, word):
                return before
            standing_id = await _take_effect(connection, principal, before, word)
            row = word.model_dump() | {"exporter_id": exporter_id, "standing_id": standing_id, "by": principal.name}
            await connection.execute(query("add_standing_verdict"), row)
            after = await _one(connection, exporter_id)
            act = Act("decide_standing", "exporter", exporter_id, _told(before), _told(after), word.reason)
            await record_act(connection, principal, act)
            return after

    return await run_keyed(pool, write)


async def _take_effect(connection: Connection, principal: Principal, now: Candidate, word: StandingWord) -> int | None:
    """Put the standing that a word asks for into force; a decline changes none."""
    today = datetime.now(UTC).date()
    if word.verdict == "decline":
        return None
    if word.verdict == "approve":
        _check_approval(principal, now, word, today)
    elif now.standing != "whitelisted":
        raise RefusedError("exporter", now.exporter_id, "is not whitelisted", "nothing needs to be ended")
    row = {
        "exporter_id": now.exporter_id,
        "standing": "whitelisted" if word.verdict == "approve" else "standard",
        "valid_from": today,
        "valid_to": (word.valid_to or today + VALIDITY) if word.verdict == "approve" else None,
        "reason": word.reason,
        "by": principal.name,
    }
    made = await (await connection.execute(query("set_standing"), row)).fetchone()
    assert made is not None, "the statement gives the new standing's id"
    return int(made[0])


def _check_approval(principal: Principal, now: Candidate, word: StandingWord, today: date) -> None:
    if now.status == "excluded":
        cause = f"is excluded for its {', '.join(now.excluded_for)}"
        raise RefusedError("exporter", now.exporter_id, cause, "nobody may approve it until a review finds otherwise")
    if now.status == "not_yet" and principal.role != "senior":
        missing = ", ".join(each["name"] for each in now.criteria if each["missing"])
        raise ForbiddenError("exporter", now.exporter_id, f"does not meet {missing} yet", "ask a senior")
    if word.valid_to is not None and not today < word.valid_to <= today + VALIDITY:
        raise RefusedError("valid_to", word.valid_to, f"is not within a year after {today}", "name another day")


async def _is_repeated(connection: Connection, principal: Principal, exporter_id: str, word: StandingWord) -> bool:
    row = await (await connection.execute(query("standing_word"), [principal.name, word.event_id])).fetchone()
    if row is None:
        return False
    if tuple(row) != (exporter_id, word.verdict, word.valid_to, word.reason):
        cause = "was used before with another content"
        raise OtherBodyError("word", word.event_id, cause, "send the first content again, or use a new event_id")
    return True


async def _one(connection: Connection, exporter_id: str) -> Candidate:
    found = await _read(connection, exporter_id=exporter_id)
    if not found:
        raise NotFoundError("exporter", exporter_id, "was looked at by no review", "run `bolanggu review-whitelist`")
    return found[0]


async def _read(connection: Connection, **filters: object) -> list[Candidate]:
    wanted: dict[str, object] = {"exporter_id": None, "status": None, "standing": None, "after": "", "most": 1}
    wanted |= {"day": datetime.now(UTC).date()} | filters
    async with connection.cursor(row_factory=class_row(Candidate)) as cursor:
        await cursor.execute(query("list_findings"), wanted)
        return await cursor.fetchall()


def _told(candidate: Candidate) -> dict[str, Any]:
    until = candidate.standing_until
    return {"standing": candidate.standing, "valid_to": None if until is None else until.isoformat()}
