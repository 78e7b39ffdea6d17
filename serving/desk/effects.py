"""What follows from a proposal that is approved, and how it is undone; all within the caller's transaction."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from serving.access.principal import Principal
from serving.database.pool import Connection
from serving.database.queries import query
from serving.desk.proposals import Proposal, Status
from serving.desk.situation import Situation
from serving.errors import RefusedError
from serving.ledger.checks import Decision, OrderCheck, decide_orders
from serving.ledger.covers import record_event
from serving.ledger.events import Release

# Where a request is approved without an end.
VALIDITY = timedelta(days=180)
CLEARED = " (cleared)"


@dataclass(frozen=True, slots=True)
class Effect:
    """What followed: where the proposal stands, and the limit or cover that was made."""

    status: Status
    limit_id: int | None = None
    cover_id: int | None = None


async def apply(
    connection: Connection, proposal: Proposal, now: Situation, terms: tuple[int, date | None], by: Principal, why: str
) -> Effect:
    """Do what a proposal asks for.

    Raises:
        RefusedError: nothing of a referred order fits any more.
    """
    if proposal.kind == "referral":
        return await _clear(connection, proposal, by, why)
    amount, until = terms
    if proposal.kind == "limit_request" and until is None and amount > 0:
        until = now.day + VALIDITY
    status = _status(proposal, now, amount)
    limit_id = await _set_limit(connection, now, status, 0 if status == "restored" else amount, until, by, why)
    asked_more = proposal.kind == "limit_request" and amount < proposal.amount_cents
    return Effect("partly_approved" if asked_more else "approved", limit_id=limit_id)


async def undo(
    connection: Connection,
    proposal: Proposal,
    limit_id: int | None,
    cover_id: int | None,
    now: Situation,
    by: Principal,
) -> Effect:
    """Take back what followed: what stood before holds again from now on, never retroactively.

    Raises:
        RefusedError: somebody changed the limit since, or the cover is in use.
    """
    if cover_id is not None:
        await record_event(connection, cover_id, Release(event_id=f"undone {proposal.proposal_id}"), by.name)
    if limit_id is not None:
        await _refuse_if_changed(connection, proposal, limit_id, now)
        taken = {"limit_id": limit_id, "day": now.day, "proposal_id": proposal.proposal_id}
        await connection.execute(query("take_back"), taken)
        return Effect("undone", limit_id=await _give_back(connection, limit_id, now, by))
    return Effect("undone")


async def _give_back(connection: Connection, limit_id: int, now: Situation, by: Principal) -> int:
    """Put into force again what stood before a limit, as who had set it: an event's stop stays an event's."""
    wanted = {"identity_id": now.limit.identity_id, "limit_id": limit_id, "day": now.day}
    async with connection.cursor(row_factory=dict_row) as cursor:
        old = await (await cursor.execute(query("outranked_limit"), wanted)).fetchone()
    if old is None:
        return await _set_limit(connection, now, "restored", 0, None, by, "undone")
    if old["has_ended"]:
        return await _insert(connection, {"limit_id": old["limit_id"], "by": by.name}, "repeat_limit")
    again = {"identity_id": now.limit.identity_id, "valid_from": now.day, "recorded_by": by.name}
    return await _insert(connection, old | again | {"reasons": Jsonb(old["reasons"])})


async def _refuse_if_changed(connection: Connection, proposal: Proposal, limit_id: int, now: Situation) -> None:
    newest = await (await connection.execute(query("newest_limit"), [now.limit.identity_id])).fetchone()
    if newest is None or newest[0] != limit_id:
        cause = "was followed by another change of the limit"
        raise RefusedError("proposal", proposal.proposal_id, cause, "override the limit anew")


def _status(proposal: Proposal, now: Situation, amount: int) -> str:
    if proposal.kind == "suspend":
        return "suspended"
    if proposal.kind == "restore":
        return "restored"
    if amount == 0:
        return "cancelled"
    if amount < now.limit.amount_on(now.day):
        return "reduced"
    return "partly_approved" if proposal.kind == "limit_request" and amount < proposal.amount_cents else "approved"


async def _set_limit(
    connection: Connection, now: Situation, status: str, amount: int, until: date | None, by: Principal, why: str
) -> int:
    machine = now.machine or {}
    reason = {"code": "restored_by_person" if status == "restored" else "set_by_person",
              "facts": {"by": by.name, "reason": why}}  # fmt: skip
    row = {
        "identity_id": now.limit.identity_id,
        "amount_cents": amount,
        "status": status,
        "source": "underwriter",
        "valid_from": now.day,
        "valid_to": until,
        "grade": machine.get("grade"),
        "pd": machine.get("pd"),
        "policy_version": now.policy.version,
        "model_version": machine.get("model_version"),
        "reasons": Jsonb([reason]),
        "recorded_by": by.name,
    }
    return await _insert(connection, row)


async def _insert(connection: Connection, row: dict[str, Any], how: str = "set_limit") -> int:
    made = await (await connection.execute(query(how), row)).fetchone()
    assert made is not None, "the statement gives the new limit's id"
    return int(made[0])


async def _clear(connection: Connection, proposal: Proposal, by: Principal, why: str) -> Effect:
    """Check a referred order once more, with its signs seen by a person; limits and ceilings hold as ever."""
    assert proposal.order_id is not None, "a referral is of an order"
    again = proposal.order_id + CLEARED
    names = {"order_id": proposal.order_id, "again": again, "by": by.name, "reason": why}
    row = await (await connection.execute(query("referred_order"), names)).fetchone()
    assert row is not None, "a referral is of an order that was checked"
    if row[6]:
        raise RefusedError("order", again, "was checked already", "use another order_id for it")
    await connection.execute(query("clear_order"), names)
    order = OrderCheck(again, row[0], row[1], row[2], row[3], row[4], row[5])
    (decision,) = await decide_orders(connection, [order], by.name)
    await connection.execute(query("heed_signs"))
    if decision.cover_id is None:
        raise RefusedError(
            "order", proposal.order_id, _why_not(decision), "set the limit first, or refuse the referral"
        )
    return Effect("approved" if decision.decision == "covered" else "partly_approved", cover_id=decision.cover_id)


def _why_not(decision: Decision) -> str:
    return "; ".join(reason.text("en", "underwriter") for reason in decision.explained("underwriter"))
