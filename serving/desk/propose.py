"""Use cases that put a proposal on the desk; what its proposer may decide alone takes effect at once."""

from collections.abc import Mapping
from datetime import timedelta

from psycopg.types.json import Jsonb

from features.money import USD, Money
from serving.access.audit import Act, record_act
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run_keyed
from serving.database.queries import query
from serving.desk.asks import Ask, Kind, LimitRequest, Override, Restore, Suspend
from serving.desk.effects import Effect, apply
from serving.desk.proposals import Proposal, one_proposal
from serving.desk.situation import Situation, held_situation
from serving.errors import OtherBodyError, RefusedError

ACTIONS: Mapping[Kind, str] = {
    "limit_request": "request_limit",
    "override": "override_limit",
    "suspend": "suspend_cover",
    "restore": "restore_limit",
}
LONGEST = timedelta(days=365)
# A word of the machine on a request that asks for no more than what is in force.
_MACHINE = {"decided_by": "machine", "decided_role": "machine"}


async def propose(pool: Pool, principal: Principal, buyer_id: str, ask: Ask) -> Proposal:
    """Put a request, override, suspension or restoration on the desk, once for each of the proposer's keys.

    A request for no more than what is in force is approved by the machine; what one person may decide alone takes
    effect at once; everything else waits.

    Raises:
        ForbiddenError: the role may not.
        OtherBodyError: the proposer used the same key for something else.
        RefusedError: it does not fit the policy or how the buyer stands.
    """
    require(principal, ACTIONS[ask.kind])

    async def write(connection: Connection) -> Proposal:
        async with connection.transaction():
            now = await held_situation(connection, buyer_id)
            known = await (
                await connection.execute(query("proposal_of_event"), [principal.name, ask.event_id])
            ).fetchone()
            if known is not None:
                return _same(await one_proposal(connection, known[0]), buyer_id, ask)
            _check(ask, now)
            return await _enter(connection, principal, buyer_id, ask, now)

    return await run_keyed(pool, write)


async def _enter(connection: Connection, principal: Principal, buyer_id: str, ask: Ask, now: Situation) -> Proposal:
    made = await (await connection.execute(query("add_proposal"), _row(principal, buyer_id, ask, now))).fetchone()
    assert made is not None, "the statement gives the new proposal's id"
    proposal = await one_proposal(connection, made[0])
    effect = await _at_once(connection, principal, proposal, ask, now)
    after = {"proposal_id": proposal.proposal_id, "status": effect.status if effect else "waiting",
             "amount_cents": proposal.amount_cents}  # fmt: skip
    act = Act(ACTIONS[ask.kind], "buyer", buyer_id, {"limit": now.in_force}, after, ask.reason)
    await record_act(connection, principal, act)
    return await one_proposal(connection, proposal.proposal_id)


async def _at_once(
    connection: Connection, principal: Principal, proposal: Proposal, ask: Ask, now: Situation
) -> Effect | None:
    """Decide what needs nobody else; None where it waits."""
    if isinstance(ask, LimitRequest) and ask.request in ("new", "increase") and _is_in_force(ask, now):
        effect = Effect("approved", limit_id=now.limit.limit_id)
        word = {"verdict": "approved", "status": effect.status, "reason": "the limit in force is as much"}
        await add_verdict(connection, proposal, {**word, **_MACHINE, "limit_id": effect.limit_id})
        return effect
    terms = proposal.terms
    if not (principal.is_person and now.needed(ask.kind, *terms).is_met(principal, [])):
        return None
    effect = await apply(connection, proposal, now, terms, principal, ask.reason)
    row: dict[str, object] = {"verdict": "own_authority", "status": effect.status, "reason": ask.reason}
    row |= {"decided_by": principal.name, "decided_role": principal.role, "limit_id": effect.limit_id}
    await add_verdict(connection, proposal, row)
    return effect


async def add_verdict(connection: Connection, proposal: Proposal, row: Mapping[str, object]) -> None:
    """Enter what is said of a proposal."""
    blank = dict.fromkeys(("amount_cents", "valid_to", "limit_id", "cover_id"))
    await connection.execute(query("add_verdict"), {**blank, **row, "proposal_id": proposal.proposal_id})


def _is_in_force(ask: LimitRequest, now: Situation) -> bool:
    return now.limit.status_word != "suspended" and ask.amount <= now.limit.amount_on(now.day)


def _row(principal: Principal, buyer_id: str, ask: Ask, now: Situation) -> dict[str, object]:
    request = ask if isinstance(ask, LimitRequest) else None
    return {
        "event_id": ask.event_id,
        "kind": ask.kind,
        "buyer_id": buyer_id,
        "identity_id": now.limit.identity_id,
        "exporter_id": request.exporter_id if request else None,
        "request": request.request if request else None,
        "amount_cents": now.machine_amount if ask.amount is None else ask.amount,
        "valid_to": ask.until,
        "reason": ask.reason,
        "before": Jsonb(now.told),
        "policy_version": now.policy.version,
        "proposed_by": principal.name,
        "proposed_role": principal.role,
    }


def _same(known: Proposal, buyer_id: str, ask: Ask) -> Proposal:
    said = (known.kind, known.buyer_id, known.reason, known.valid_to)
    same = said == (ask.kind, buyer_id, ask.reason, ask.until) and ask.amount in (None, known.amount_cents)
    if isinstance(ask, LimitRequest):
        same = same and (known.request, known.exporter_id) == (ask.request, ask.exporter_id)
    if not same:
        cause = "was used before with another content"
        raise OtherBodyError("proposal", ask.event_id, cause, "send the first content again, or use a new event_id")
    return known


def _check(ask: Ask, now: Situation) -> None:
    """Refuse what the policy or the buyer's standing does not allow."""
    stopped = now.limit.status_word == "suspended"
    if ask.amount is not None and ask.amount > now.policy.buyer_cap:
        cap = str(now.policy.cap)
        raise RefusedError("amount", Money(ask.amount, USD), f"passes the per-buyer cap of {cap}", "ask for less")
    if isinstance(ask, Override) and not now.day < ask.valid_to <= now.day + LONGEST:
        raise RefusedError("valid_to", ask.valid_to, f"is not within a year after {now.day}", "name another day")
    if isinstance(ask, Suspend) and stopped:
        raise RefusedError("buyer", now.limit.identity_id, "has cover stopped already", "nothing needs to be done")
    if isinstance(ask, Restore) and now.limit.source in (None, "model"):
        cause = "has nothing in force that a person or event set"
        raise RefusedError("buyer", now.limit.identity_id, cause, "nothing needs to be restored")
