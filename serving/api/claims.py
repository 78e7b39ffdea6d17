"""`/v1/claims`: filed, decided, recovered on, and looked up as the book has them."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.asking import Asking
from serving.api.covers import CoverAnswer, cover_answer
from serving.api.instants import KnownAt
from serving.api.listing import Listed
from serving.api.messages import Id
from serving.api.paging import dated
from serving.api.problems import DOCUMENTED, NOT_FOUND, REFUSED
from serving.api.service import Served
from serving.api.tables import FILES
from serving.ledger.claims import decide_claim as decide
from serving.ledger.claims import find_claim
from serving.ledger.claims import list_claims as look_up_claims
from serving.ledger.claims import recover as record_recovery
from serving.ledger.covers import record
from serving.ledger.events import Claim, ClaimDecision, Recovery

router = APIRouter(tags=["claims"], responses=DOCUMENTED)

ClaimId = Annotated[Id, Path(examples=["CL-1"])]


class ClaimRequest(Claim):
    """A claim on a cover."""

    cover_id: Annotated[int, Field(ge=1, le=2**63 - 1, examples=[1])]


class ClaimAnswer(BaseModel):
    """A claim as last recorded. `_minor` is minor units of its currency."""

    model_config = ConfigDict(from_attributes=True)

    claim_id: str
    order_id: str
    cover_id: int | None = Field(None, description="none where the claim came with a book from before the ledger")
    buyer_id: str | None = None
    exporter_id: str | None = None
    filed_on: date
    loss_minor: int
    currency: str
    has_orders: bool
    has_customs: bool
    has_communications: bool
    is_fast_track: bool = Field(description="all documents are complete: orders, customs records, communication logs")
    decided_on: date | None = None
    outcome: str | None = None
    compensated_minor: int | None = None
    recovered_minor: int | None = None
    recorded_at: datetime


class ClaimPage(BaseModel):
    """A page of claims, filed last first."""

    items: list[ClaimAnswer]
    next: str | None = Field(None, description="the cursor of the next page; none at the end")


@router.get("/claims", response_model=ClaimPage, responses=FILES)
async def list_claims(
    service: Served,
    listing: Listed,
    buyer_id: Annotated[Id | None, Query(description="only those on this buyer, under any of its names")] = None,
    exporter_id: Annotated[Id | None, Query(description="only those of this exporter")] = None,
    is_open: Annotated[bool | None, Query(description="only undecided ones, or only decided ones")] = None,
) -> Response | ClaimPage:
    """List claims, filed last first."""
    found = await look_up_claims(
        service.pool,
        datetime.now(UTC),
        buyer_id=buyer_id,
        exporter_id=exporter_id,
        is_open=is_open,
        before=dated(listing.cursor),
        most=listing.fetched,
    )
    return listing.answer(
        "claims", ClaimPage, found, ClaimAnswer.model_validate, lambda each: f"{each.filed_on} {each.claim_id}"
    )


@router.get("/claims/{claim_id}", response_model=ClaimAnswer, responses=NOT_FOUND)
async def get_claim(claim_id: ClaimId, service: Served, known_at: KnownAt) -> ClaimAnswer:
    """Tell of a claim as last recorded by an instant."""
    return ClaimAnswer.model_validate(await find_claim(service.pool, claim_id, known_at))


@router.post("/claims", response_model=CoverAnswer, responses=NOT_FOUND | REFUSED)
async def file_claim(claim: ClaimRequest, service: Served, asking: Asking) -> CoverAnswer:
    """File a claim; `event_id` is the claim's id. Cover on the buyer is stopped."""
    event = Claim.model_validate(claim.model_dump(exclude={"cover_id"}))
    return cover_answer(await record(service.pool, claim.cover_id, event, asking.name))


@router.post("/claims/{claim_id}/decision", response_model=CoverAnswer, responses=NOT_FOUND | REFUSED)
async def decide_claim(claim_id: ClaimId, event: ClaimDecision, service: Served, asking: Asking) -> CoverAnswer:
    """Decide a claim; an accepted one is compensated at the rate fixed when the cover was given."""
    return cover_answer(await decide(service.pool, asking, claim_id, event))


@router.post("/claims/{claim_id}/recoveries", response_model=CoverAnswer, responses=NOT_FOUND | REFUSED)
async def recover(claim_id: ClaimId, event: Recovery, service: Served, asking: Asking) -> CoverAnswer:
    """Report money from the buyer after compensation; programme and exporter share it."""
    return cover_answer(await record_recovery(service.pool, asking, claim_id, event))
