"""`/v1/covers` and `/v1/claims`: what happens to a cover after its reservation."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from serving.api.asking import Asking
from serving.api.messages import Id
from serving.api.problems import DOCUMENTED, NOT_FOUND, REFUSED
from serving.api.service import Served
from serving.ledger.cover import Cover, State, programme_share_minor
from serving.ledger.covers import claim_cover, read_cover, record
from serving.ledger.events import Claim, ClaimDecision, Overdue, Recovery, Release, Settle, Ship

router = APIRouter(tags=["covers"], responses=DOCUMENTED | NOT_FOUND | REFUSED)

CoverId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]
ClaimId = Annotated[Id, Path(examples=["CL-1"])]


class CoverAnswer(BaseModel):
    """A cover as it is now. `_minor` is minor units of the order's currency."""

    cover_id: int
    order_id: str
    buyer_id: str
    exporter_id: str
    currency: str
    state: State
    covered_minor: int = Field(description="what was covered at order time")
    shipped_minor: int
    paid_minor: int
    exposure_minor: int = Field(description="what counts against the ceilings now")
    exposure_usd_cents: int = Field(description="the same in US cents at the cover's own rate")
    claim_id: str | None = None
    compensated_minor: int = Field(description="what the programme pays on the claim")
    recovered_minor: int = Field(description="what came from the buyer after compensation")
    programme_share_minor: int = Field(description="the programme's share of that; the rest is the exporter's")


class ClaimRequest(Claim):
    """A claim on a cover."""

    cover_id: Annotated[int, Field(ge=1, le=2**63 - 1)]


@router.get("/covers/{cover_id}", response_model=CoverAnswer)
async def get_cover(cover_id: CoverId, service: Served) -> CoverAnswer:
    """Tell where in its life a cover is."""
    return _answer(await read_cover(service.pool, cover_id))


@router.post("/covers/{cover_id}/ship", response_model=CoverAnswer)
async def ship(cover_id: CoverId, event: Ship, service: Served, asking: Asking) -> CoverAnswer:
    """Report a shipment, of all or of a part; the order enters the book."""
    return _answer(await record(service.pool, cover_id, event, asking.name))


@router.post("/covers/{cover_id}/settle", response_model=CoverAnswer)
async def settle(cover_id: CoverId, event: Settle, service: Served, asking: Asking) -> CoverAnswer:
    """Report a payment, of all or of a part; exposure falls with what is owed."""
    return _answer(await record(service.pool, cover_id, event, asking.name))


@router.post("/covers/{cover_id}/release", response_model=CoverAnswer)
async def release(cover_id: CoverId, event: Release, service: Served, asking: Asking) -> CoverAnswer:
    """Report that what was not shipped of the order is cancelled."""
    return _answer(await record(service.pool, cover_id, event, asking.name))


@router.post("/covers/{cover_id}/overdue", response_model=CoverAnswer)
async def overdue(cover_id: CoverId, event: Overdue, service: Served, asking: Asking) -> CoverAnswer:
    """Report that money is owed after the due date; cover on the buyer is stopped."""
    return _answer(await record(service.pool, cover_id, event, asking.name))


@router.post("/claims", response_model=CoverAnswer)
async def file_claim(claim: ClaimRequest, service: Served, asking: Asking) -> CoverAnswer:
    """File a claim; `event_id` is the claim's id. Cover on the buyer is stopped."""
    event = Claim.model_validate(claim.model_dump(exclude={"cover_id"}))
    return _answer(await record(service.pool, claim.cover_id, event, asking.name))


@router.post("/claims/{claim_id}/decision", response_model=CoverAnswer)
async def decide_claim(claim_id: ClaimId, event: ClaimDecision, service: Served, asking: Asking) -> CoverAnswer:
    """Decide a claim; an accepted one is compensated at the rate fixed when the cover was given."""
    cover_id = await claim_cover(service.pool, claim_id)
    return _answer(await record(service.pool, cover_id, event, asking.name))


@router.post("/claims/{claim_id}/recoveries", response_model=CoverAnswer)
async def recover(claim_id: ClaimId, event: Recovery, service: Served, asking: Asking) -> CoverAnswer:
    """Report money from the buyer after compensation; programme and exporter share it."""
    cover_id = await claim_cover(service.pool, claim_id)
    return _answer(await record(service.pool, cover_id, event, asking.name))


def _answer(cover: Cover) -> CoverAnswer:
    return CoverAnswer(
        cover_id=cover.cover_id,
        order_id=cover.order_id,
        buyer_id=cover.buyer_id,
        exporter_id=cover.exporter_id,
        currency=cover.currency,
        state=cover.state,
        covered_minor=cover.covered_minor,
        shipped_minor=cover.shipped_minor,
        paid_minor=cover.paid_minor,
        exposure_minor=cover.exposure_minor,
        exposure_usd_cents=cover.exposure_cents,
        claim_id=cover.claim.event_id if cover.claim else None,
        compensated_minor=cover.compensated_minor,
        recovered_minor=cover.recovered_minor,
        programme_share_minor=programme_share_minor(cover),
    )
