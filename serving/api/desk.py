"""Limit requests, overrides, suspensions, restorations, and the approvals that they wait for."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from serving.access.principal import Principal
from serving.api.asking import Asking
from serving.api.listing import Listed, Listing
from serving.api.messages import Id
from serving.api.paging import parsed
from serving.api.problems import DOCUMENTED, NOT_FOUND, REFUSED
from serving.api.service import Served
from serving.api.tables import FILES
from serving.desk.asks import Kind, LimitRequest, Override, Restore, Ruling, Suspend
from serving.desk.decide import decide
from serving.desk.proposals import Proposal, Status, get_proposal, list_proposals
from serving.desk.propose import propose

router = APIRouter(tags=["desk"], responses=DOCUMENTED)

BuyerId = Annotated[Id, Path(examples=["B-7"])]
ApprovalId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]
OfBuyer = Annotated[Id | None, Query(description="only those on this buyer")]
InStatus = Annotated[Status | None, Query(description="only those that stand so")]


class VerdictAnswer(BaseModel):
    """What somebody said of it."""

    verdict: str = Field(
        description="approved, own_authority (no second person was needed), refused, withdrawn, undone"
    )
    status: Status = Field(description="where it stood then")
    amount_minor: int | None = Field(None, description="US cents")
    valid_to: date | None = None
    reason: str | None = Field(None, description="why; not told to the platform")
    limit_id: int | None = Field(None, description="the limit that followed")
    cover_id: int | None = Field(None, description="the cover that followed")
    decided_by: str
    recorded_at: datetime


class ProposalAnswer(BaseModel):
    """Something that waits, or waited, for a person. Amounts are US cents."""

    approval_id: int
    kind: Kind
    status: Status
    buyer_id: str
    exporter_id: str | None = None
    order_id: str | None = Field(None, description="the referred order")
    request: str | None = Field(None, description="UN/EDIFACT 4505: new, increase, reduce, cancel, prolong")
    amount_minor: int = Field(description="the limit that was asked for, or the referred order's amount")
    currency: str = "USD"
    valid_to: date | None = None
    reason: str
    before: dict[str, Any] | None = Field(
        None, description="the limit in force when it was asked, and what the machine says; not told to the platform"
    )
    persons_needed: int = Field(
        description="how many persons have to agree; who proposes among them, unless more is approved than was asked"
    )
    level_needed: str = Field(description="the authority that one who approves must have")
    proposed_by: str
    recorded_at: datetime
    verdicts: list[VerdictAnswer]


class ProposalPage(BaseModel):
    """A page of them, newest first."""

    items: list[ProposalAnswer]
    next: str | None = Field(None, description="the cursor of the next page; none at the end")


@router.post("/buyers/{buyer_id}/limit-requests", response_model=ProposalAnswer, responses=REFUSED)
async def request_limit(buyer_id: BuyerId, ask: LimitRequest, service: Served, asking: Asking) -> ProposalAnswer:
    """Ask for a limit; what is in force already is approved at once, the rest waits for an underwriter."""
    return written(await propose(service.pool, asking, buyer_id, ask), asking)


@router.post("/buyers/{buyer_id}/overrides", response_model=ProposalAnswer, responses=REFUSED)
async def override_limit(buyer_id: BuyerId, ask: Override, service: Served, asking: Asking) -> ProposalAnswer:
    """Set a limit in place of the machine's; beyond one person's authority it waits for a second."""
    return written(await propose(service.pool, asking, buyer_id, ask), asking)


@router.post("/buyers/{buyer_id}/suspensions", response_model=ProposalAnswer, responses=REFUSED)
async def suspend_cover(buyer_id: BuyerId, ask: Suspend, service: Served, asking: Asking) -> ProposalAnswer:
    """Stop new cover on the buyer at once; what is covered stays covered."""
    return written(await propose(service.pool, asking, buyer_id, ask), asking)


@router.post("/buyers/{buyer_id}/restorations", response_model=ProposalAnswer, responses=REFUSED)
async def restore_limit(buyer_id: BuyerId, ask: Restore, service: Served, asking: Asking) -> ProposalAnswer:
    """End what a person or an event had set, so that the machine's limit holds again."""
    return written(await propose(service.pool, asking, buyer_id, ask), asking)


@router.get("/limit-requests", response_model=ProposalPage, responses=FILES)
async def list_requests(
    service: Served, asking: Asking, listing: Listed, status: InStatus = None, buyer_id: OfBuyer = None
) -> Response | ProposalPage:
    """List limit requests, newest first; a platform's key sees its own."""
    return await _page(service, asking, listing, ["limit_request"], status, buyer_id)


@router.get("/approvals", response_model=ProposalPage, responses=FILES)
async def list_approvals(
    service: Served,
    asking: Asking,
    listing: Listed,
    kind: Annotated[Kind | None, Query(description="only this kind")] = None,
    status: InStatus = "waiting",
    buyer_id: OfBuyer = None,
) -> Response | ProposalPage:
    """List what waits for a person (or what was decided), newest first: requests, overrides and referred orders."""
    return await _page(service, asking, listing, None if kind is None else [kind], status, buyer_id)


@router.get("/approvals/{approval_id}", response_model=ProposalAnswer, responses=NOT_FOUND)
async def get_approval(approval_id: ApprovalId, service: Served, asking: Asking) -> ProposalAnswer:
    """Tell where a proposal stands, and what was said of it."""
    return written(await get_proposal(service.pool, asking, approval_id), asking)


@router.post("/approvals/{approval_id}", response_model=ProposalAnswer, responses=NOT_FOUND | REFUSED)
async def decide_approval(approval_id: ApprovalId, ruling: Ruling, service: Served, asking: Asking) -> ProposalAnswer:
    """Approve, refuse, withdraw or undo; who proposed may not approve, and large limits need a senior."""
    return written(await decide(service.pool, asking, approval_id, ruling), asking)


async def _page(
    service: Served,
    asking: Principal,
    listing: Listing,
    kinds: list[Kind] | None,
    status: Status | None,
    buyer_id: str | None,
) -> Response | ProposalPage:
    found = await list_proposals(
        service.pool,
        asking,
        kinds=kinds,
        status=status,
        buyer_id=buyer_id,
        before=parsed(listing.cursor),
        most=listing.fetched,
    )
    return listing.answer(
        "approvals", ProposalPage, found, lambda each: written(each, asking), lambda each: each.proposal_id
    )


def written(proposal: Proposal, reader: Principal) -> ProposalAnswer:
    """Write a proposal out; the platform, which passes it on to exporters, is not told what is said of the buyer."""
    is_platform = reader.role == "platform"
    takes = proposal.needed
    return ProposalAnswer(
        approval_id=proposal.proposal_id,
        kind=proposal.kind,
        status=proposal.status,
        buyer_id=proposal.buyer_id,
        exporter_id=proposal.exporter_id,
        order_id=proposal.order_id,
        request=proposal.request,
        amount_minor=proposal.amount_cents,
        valid_to=proposal.valid_to,
        reason=proposal.reason,
        before=None if is_platform else proposal.before,
        persons_needed=takes.persons,
        level_needed=takes.level,
        proposed_by=proposal.proposed_by,
        recorded_at=proposal.recorded_at,
        verdicts=[
            VerdictAnswer(
                verdict=each.verdict,
                status=each.status,
                amount_minor=each.amount_cents,
                valid_to=each.valid_to,
                reason=None if is_platform else each.reason,
                limit_id=each.limit_id,
                cover_id=each.cover_id,
                decided_by=each.decided_by,
                recorded_at=each.recorded_at,
            )
            for each in proposal.verdicts
        ],
    )
