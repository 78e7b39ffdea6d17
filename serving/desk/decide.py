"""The use case of deciding a proposal: approved with four eyes, refused, withdrawn, or undone soon after."""

from datetime import UTC, date, datetime, timedelta

from features.money import USD, Money
from serving.access.audit import Act, record_act
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.desk.asks import Ruling
from serving.desk.authority import Needed, needed
from serving.desk.effects import VALIDITY, Effect, apply, undo
from serving.desk.proposals import Proposal, Verdict, one_proposal
from serving.desk.propose import LONGEST, add_verdict
from serving.desk.situation import Situation, held_situation
from serving.errors import ForbiddenError, RefusedError

UNDO_WITHIN = timedelta(hours=24)


async def decide(pool: Pool, principal: Principal, proposal_id: int, ruling: Ruling) -> Proposal:
    """Say something of a proposal; what follows from it is done in the same transaction.

    Raises:
        ForbiddenError: the role may not, or it would be the same two eyes again.
        NotFoundError: no such proposal.
        RefusedError: it does not fit how the proposal or the buyer stands.
    """
    require(principal, "decide_approval")

    async def write(connection: Connection) -> Proposal:
        async with connection.transaction():
            await connection.execute(query("hold_proposal"), [proposal_id])
            proposal = await one_proposal(connection, proposal_id)
            if _is_repeated(proposal, principal, ruling):
                return proposal
            now = await held_situation(connection, proposal.buyer_id)
            _refuse_stranger(proposal, principal, ruling)
            effect = await _rule(connection, principal, proposal, ruling, now)
            await _write_down(connection, principal, proposal, ruling, now, effect)
            return await one_proposal(connection, proposal_id)

    return await run(pool, write)


async def _rule(
    connection: Connection, principal: Principal, proposal: Proposal, ruling: Ruling, now: Situation
) -> Effect:
    if ruling.verdict == "undone":
        last = _undoable(proposal, principal)
        return await undo(connection, proposal, last.limit_id, last.cover_id, now, principal)
    if proposal.status != "waiting":
        raise RefusedError("proposal", proposal.proposal_id, f"is {proposal.status} already", "propose anew")
    if ruling.verdict != "approved":
        return Effect(ruling.verdict)
    terms = _terms(proposal, ruling, now)
    proposer = proposal.proposer if _asked_for(proposal, now, *terms) else None
    if not _takes(proposal, now, *terms).is_met(proposer, [*proposal.approvers, principal]):
        return Effect("waiting")
    return await apply(connection, proposal, now, terms, principal, ruling.reason)


def _takes(proposal: Proposal, now: Situation, amount: int, until: date | None) -> Needed:
    """Tell what it takes now: the limit in force, or the machine's, may have changed since it was proposed."""
    if proposal.kind == "referral":
        return needed(now.policy, amount, is_protective=False)
    return now.needed(proposal.kind, amount, until)


def _asked_for(proposal: Proposal, now: Situation, amount: int, until: date | None) -> bool:
    """Tell whether the proposer agrees to what is approved: it is no more than they asked for, and ends no later."""
    most = proposal.valid_to
    if proposal.kind == "limit_request" and most is None:  # who names no end asks for the usual one
        most = now.day + VALIDITY
        until = until or most
    return amount <= proposal.amount_cents and (most is None or (until is not None and until <= most))


def _terms(proposal: Proposal, ruling: Ruling, now: Situation) -> tuple[int, date | None]:
    """Give the amount and end that are approved; whoever approves first may set those of a request."""
    changes = ruling.amount_minor is not None or ruling.valid_to is not None
    if changes and (proposal.kind != "limit_request" or proposal.approvers):
        cause = "is approved as it stands, or not at all"
        raise RefusedError(
            "proposal", proposal.proposal_id, cause, "leave out amount and end, or refuse and propose anew"
        )
    amount, until = proposal.terms
    if proposal.kind == "restore":
        amount = now.machine_amount
    amount = amount if ruling.amount_minor is None else ruling.amount_minor
    until = ruling.valid_to or until
    if amount > now.policy.buyer_cap:
        raise RefusedError(
            "amount", Money(amount, USD), f"passes the per-buyer cap of {now.policy.cap}", "approve less"
        )
    if until is not None and not now.day < until <= now.day + LONGEST:
        raise RefusedError("valid_to", until, f"is not within a year after {now.day}", "name another day")
    return amount, until


def _is_repeated(proposal: Proposal, principal: Principal, ruling: Ruling) -> bool:
    """Tell whether this was said already, so that a client that asks again changes nothing."""
    return any(
        (each.decided_by, each.verdict, each.reason) == (principal.name, ruling.verdict, ruling.reason)
        for each in proposal.verdicts
    )


def _refuse_stranger(proposal: Proposal, principal: Principal, ruling: Ruling) -> None:
    is_own = principal.name == proposal.proposed_by
    if ruling.verdict == "withdrawn" and not is_own:
        raise ForbiddenError("proposal", proposal.proposal_id, "is somebody else's", "only its proposer withdraws it")
    if ruling.verdict in ("approved", "refused"):
        if not principal.is_person:
            raise ForbiddenError("role", principal.role, "decides nothing", "ask an underwriter")
        if is_own or any(each.name == principal.name for each in proposal.approvers):
            cause = f"needs other eyes than those of {principal.name}"
            raise ForbiddenError("proposal", proposal.proposal_id, cause, "ask a colleague, or withdraw it")


def _undoable(proposal: Proposal, principal: Principal) -> Verdict:
    last = proposal.verdicts[-1] if proposal.verdicts else None
    if last is None or last.status not in ("approved", "partly_approved") or last.decided_by == "machine":
        raise RefusedError("proposal", proposal.proposal_id, f"is {proposal.status}", "only what took effect is undone")
    if last.decided_by != principal.name:
        cause = f"was decided by {last.decided_by}"
        raise ForbiddenError("proposal", proposal.proposal_id, cause, "only who decided it undoes it; or override anew")
    if datetime.now(UTC) - last.recorded_at > UNDO_WITHIN:
        raise RefusedError(
            "proposal", proposal.proposal_id, "was decided more than a day ago", "override the limit anew"
        )
    return last


async def _write_down(
    connection: Connection, principal: Principal, proposal: Proposal, ruling: Ruling, now: Situation, effect: Effect
) -> None:
    amount, until = proposal.terms
    row = {
        "verdict": ruling.verdict,
        "status": effect.status,
        "amount_cents": amount if ruling.amount_minor is None else ruling.amount_minor,
        "valid_to": ruling.valid_to or until,
        "reason": ruling.reason,
        "limit_id": effect.limit_id,
        "cover_id": effect.cover_id,
        "decided_by": principal.name,
        "decided_role": principal.role,
    }
    await add_verdict(connection, proposal, row)
    subject, subject_id = ("order", proposal.order_id) if proposal.order_id else ("buyer", proposal.buyer_id)
    before = {"proposal_id": proposal.proposal_id, "status": proposal.status, "limit": now.in_force}
    after = {"status": effect.status, "limit_id": effect.limit_id, "cover_id": effect.cover_id}
    act = Act("decide_approval", subject, subject_id, before, after, ruling.reason)
    await record_act(connection, principal, act)
