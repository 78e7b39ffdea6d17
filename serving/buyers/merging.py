"""One buyer under several ids: merged, they share one limit and one exposure; a mistake is split again.

A merge moves every open cover of the buyers to the other identity in one transaction, under the locks of both: order
checks hold an identity's counter before they look again at whom a buyer is taken to be, so none can slip between.
What is outstanding may then lie above the limit; cover that was given stands, and none is added until it fits.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from serving.access.audit import Act, record_act
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a buyer is taken to be, and all buyers that are taken to be the same."""

    identity_id: str
    members: list[str]


async def merge(pool: Pool, principal: Principal, buyer_id: str, into: str, reason: str) -> Identity:
    """Take a buyer, and all who are taken to be it, to be another; the other's limit holds for all of them.

    Merging what is merged already changes nothing.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "merge_buyers")

    async def write(connection: Connection) -> Identity:
        async with connection.transaction():
            theirs, target = await _identity(connection, buyer_id), await _identity(connection, into)
            if theirs.identity_id == target.identity_id:
                return target
            await _move(connection, principal, "merge_buyers", theirs.members, theirs, target, reason)
            return await _identity(connection, into)

    return await run(pool, write)


async def split(pool: Pool, principal: Principal, buyer_id: str, reason: str) -> Identity:
    """Take a merged buyer to be itself again, with its own covers and the limit that it had.

    Raises:
        ForbiddenError: the role may not.
        RefusedError: the buyer is merged with nobody, or the others are merged into it.
    """
    require(principal, "split_buyer")

    async def write(connection: Connection) -> Identity:
        async with connection.transaction():
            theirs = await _identity(connection, buyer_id)
            if theirs.identity_id == buyer_id:
                remedy = "split those off that were merged into it" if len(theirs.members) > 1 else "merge it first"
                raise RefusedError("buyer", buyer_id, "is merged into no other", remedy)
            own = Identity(buyer_id, [])
            await _move(connection, principal, "split_buyer", [buyer_id], theirs, own, reason)
            return await _identity(connection, buyer_id)

    return await run(pool, write)


async def _identity(connection: Connection, buyer_id: str) -> Identity:
    row = await (await connection.execute(query("identity_of"), {"buyer_id": buyer_id})).fetchone()
    assert row is not None, "the query gives one row for any buyer"
    return Identity(*row)


async def _move(
    connection: Connection,
    principal: Principal,
    action: str,
    buyers: list[str],
    source: Identity,
    target: Identity,
    reason: str,
) -> None:
    both = sorted((source.identity_id, target.identity_id))
    row: dict[str, Any] = {"buyers": buyers, "from": source.identity_id, "to": target.identity_id, "identities": both}
    row |= {"reason": reason, "by": principal.name}
    await _hold(connection, row)
    if (await _identity(connection, buyers[0])).identity_id != source.identity_id:
        raise RefusedError("buyer", buyers[0], "was merged or split just now", "look again, then decide")
    row["at"] = await _instant(connection)
    await connection.execute(query("move_exposures"), row)
    head = {**row, "buyers": sorted({*buyers, target.identity_id})}
    await connection.execute(query("enter_identity"), head)
    await connection.execute(query("record_merge"), row)
    for statement in ("forget_relations", "find_relations", "find_largest_paid"):
        await connection.execute(query(statement), row)
    await _move_limits(connection, row, action)
    before = {"identity_id": source.identity_id, "members": source.members}
    after = {"identity_id": target.identity_id, "members": sorted({*target.members, *buyers})}
    await record_act(connection, principal, Act(action, "buyer", buyers[0], before, after, reason))


async def _instant(connection: Connection) -> datetime:
    """Tell the one instant of entries and merges, so that no instant knows the exposure moved and the buyer not."""
    row = await (await connection.execute(query("instant_held"))).fetchone()
    assert row is not None, "a clock has one time"
    at: datetime = row[0]
    return at


async def _hold(connection: Connection, row: dict[str, Any]) -> None:
    """Lock in the order of events and order checks: the right to move limits, then covers, then counters."""
    for identity in row["identities"]:
        await connection.execute(query("hold_limit"), [identity])
    await connection.execute(query("hold_covers"), row)
    await connection.execute(query("open_identities"), row)
    await connection.execute(query("hold_identities"), row)
    await connection.execute(query("hold_covers"), row)  # those given while the counters were waited for


async def _move_limits(connection: Connection, row: dict[str, Any], action: str) -> None:
    """Carry a stop along, and have both limits weighed again by what is now known of each."""
    if action == "merge_buyers":
        await connection.execute(query("carry_stop"), row)
    for side in ("to", "from"):
        await connection.execute(query("queue_rescore_now"), {"buyer_id": row[side], "cause": action})
