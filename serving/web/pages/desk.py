"""`/desk`: what waits for a person, with what the machine says of it; and what was decided lately."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from models.reasons import Language, Reason
from serving.access.permissions import may
from serving.access.principal import Principal
from serving.api.service import Served
from serving.buyers.dossier import newest_names
from serving.desk.decide import UNDO_WITHIN, decide
from serving.desk.proposals import Proposal, list_proposals
from serving.portfolio.signals import read_signals
from serving.web.forms import CheckedForm
from serving.web.languages import language_of_page
from serving.web.pages.asking import dollars, ruling_of
from serving.web.reader import Reader
from serving.web.render import page
from serving.web.said import done, said
from serving.web.words import word

router = APIRouter()
_MOST_WAITING, _MOST_DECIDED = 500, 25
_DRIVERS = 3


@router.get("/desk", response_class=HTMLResponse)
async def show_desk(
    request: Request,
    service: Served,
    reader: Reader,
    first: Annotated[Literal["oldest", "largest"], Query()] = "oldest",
    kind: Annotated[Literal["", "limit_request", "override", "suspend", "restore", "referral"], Query()] = "",
) -> Response:
    """Show what waits, the oldest or the largest first, and what was decided lately."""
    waiting = await list_proposals(service.pool, reader, status="waiting", most=_MOST_WAITING)
    lately = await list_proposals(service.pool, reader, most=_MOST_DECIDED)
    names = await newest_names(service.pool, [each.buyer_id for each in (*waiting, *lately)])
    signals = await read_signals(service.pool, reader)
    language = language_of_page(request)
    return page(
        request,
        "desk.html",
        reader,
        notice=said(request),
        waiting=[told(each, reader, names, language) for each in _in_order(waiting, first, kind)],
        decided=[told(each, reader, names, language) for each in lately if each.status != "waiting"],
        signals=signals,
        kinds=sorted({each.kind for each in waiting}),
        kind=kind,
        first=first,
        read_at=datetime.now(UTC),
        may_decide=may(reader, "decide_approval"),
    )


@router.post("/desk/{proposal_id}")
async def rule(
    proposal_id: Annotated[int, Path(ge=1, le=2**63 - 1)], service: Served, reader: Reader, form: CheckedForm
) -> Response:
    """Approve, refuse, withdraw or undo."""
    return done("/desk", (await decide(service.pool, reader, proposal_id, ruling_of(form))).status)


def told(proposal: Proposal, reader: Principal, names: dict[str, str], language: Language) -> dict[str, Any]:
    """Tell of a proposal what its reader needs to decide it, and what of it is theirs to do."""
    amount, until = proposal.terms
    approved = {each.name for each in proposal.approvers}
    is_mine = proposal.proposed_by == reader.name
    return {
        "proposal": proposal,
        "name": names.get(proposal.buyer_id, proposal.buyer_id),
        "amount": amount,
        "dollars": dollars(amount),
        "until": until,
        "why": _why(proposal, language),
        "machine": _machine(proposal, language),
        "in_force": proposal.before.get("limit") or {},
        "needs": proposal.needed,
        "is_mine": is_mine,
        "may_rule": not is_mine and reader.name not in approved,
        "may_undo": _may_undo(proposal, reader),
        "may_change": proposal.kind == "limit_request" and not proposal.approvers,
    }


def _in_order(waiting: Sequence[Proposal], first: str, kind: str) -> list[Proposal]:
    shown = [each for each in waiting if kind in ("", each.kind)]
    if first == "largest":
        return sorted(shown, key=lambda each: (-each.terms[0], each.recorded_at))
    return sorted(shown, key=lambda each: each.recorded_at)


def _why(proposal: Proposal, language: Language) -> str:
    """Give the proposer's words, or the signs by which the machine referred an order."""
    if proposal.kind != "referral":
        return proposal.reason
    return " · ".join(word(code, language) for code in proposal.reason.split(", "))


def _machine(proposal: Proposal, language: Language) -> dict[str, Any] | None:
    """Tell what the machine says: its limit, grade and weightiest reasons."""
    machine = proposal.before.get("machine")
    if not machine:
        return None
    reasons = [Reason(each["code"], each.get("facts", {})) for each in (machine.get("reasons") or [])[:_DRIVERS]]
    return {**machine, "told": [each.text(language, "underwriter") for each in reasons]}


def _may_undo(proposal: Proposal, reader: Principal) -> bool:
    if not proposal.verdicts:
        return False
    last = proposal.verdicts[-1]
    is_recent = datetime.now(UTC) - last.recorded_at < UNDO_WITHIN - timedelta(minutes=1)
    return last.status in ("approved", "partly_approved") and last.decided_by == reader.name and is_recent
