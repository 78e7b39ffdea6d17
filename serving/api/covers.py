"""`/v1/covers`: what happens to a cover after its reservation."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.asking import Asking
from serving.api.instants import KnownAt
from serving.api.listing import Listed
from serving.api.messages import Id
from serving.api.paging import parsed
from serving.api.problems import DOCUMENTED, NOT_FOUND, REFUSED
from serving.api.service import Served
from serving.api.tables import FILES
from serving.ledger.cover import Cover, State, programme_share_minor
from serving.ledger.covers import record
from serving.ledger.events import Overdue, Release, Settle, Ship
from serving.ledger.lookup import find_cover
from serving.ledger.lookup import list_covers as look_up_covers

router = APIRouter(tags=["covers"], responses=DOCUMENTED | NOT_FOUND | REFUSED)

CoverId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]


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


class EntryAnswer(BaseModel):
    """One thing that happened to a cover."""

    model_config = ConfigDict(from_attributes=True)

    event: str = Field(examples=["ship"])
    event_id: str | None = None
    happened_on: date
    details: dict[str, Any] | None = Field(None, description="as it was reported")
    exposure_cents: int = Field(description="by how much it moved exposure, US cents")
    recorded_by: str
    recorded_at: datetime


class CoverWithLife(CoverAnswer):
    """A cover as known at an instant, and what had happened to it by then."""

    known_at: datetime
    entries: list[EntryAnswer]


class CoverPage(BaseModel):
    """A page of covers, newest first."""

    items: list[CoverAnswer]
    next: str | None = Field(None, description="the cursor of the next page; none at the end")


@router.get("/covers", response_model=CoverPage, responses=FILES)
async def list_covers(
    service: Served,
    listing: Listed,
    buyer_id: Annotated[Id | None, Query(description="only those on this buyer, under any of its names")] = None,
    exporter_id: Annotated[Id | None, Query(description="only those of this exporter")] = None,
    is_open: Annotated[bool, Query(description="only those with something outstanding")] = False,
) -> Response | CoverPage:
    """List covers, newest first."""
    found = await look_up_covers(
        service.pool,
        datetime.now(UTC),
        buyer_id=buyer_id,
        exporter_id=exporter_id,
        is_open=is_open,
        before=parsed(listing.cursor),
        most=listing.fetched,
    )
    return listing.answer(
        "covers", CoverPage, found, lambda each: cover_answer(each.cover), lambda each: each.cover.cover_id
    )


@router.get("/covers/{cover_id}", response_model=CoverWithLife)
async def get_cover(cover_id: CoverId, service: Served, known_at: KnownAt) -> CoverWithLife:
    """Tell where in its life a cover is, or was as known at an instant, and what had happened to it."""
    life = await find_cover(service.pool, cover_id, known_at)
    entries = [EntryAnswer.model_validate(each) for each in life.entries]
    return CoverWithLife(**cover_answer(life.cover).model_dump(), known_at=known_at, entries=entries)


@router.post("/covers/{cover_id}/ship", response_model=CoverAnswer)
async def ship(cover_id: CoverId, event: Ship, service: Served, asking: Asking) -> CoverAnswer:
    """Report a shipment, of all or of a part; the order enters the book."""
    return cover_answer(await record(service.pool, cover_id, event, asking.name))


@router.post("/covers/{cover_id}/settle", response_model=CoverAnswer)
async def settle(cover_id: CoverId, event: Settle, service: Served, asking: Asking) -> CoverAnswer:
    """Report a payment, of all or of a part; exposure falls with what is owed."""
    return cover_answer(await record(service.pool, cover_id, event, asking.name))


@router.post("/covers/{cover_id}/release", response_model=CoverAnswer)
async def release(cover_id: CoverId, event: Release, service: Served, asking: Asking) -> CoverAnswer:
    """Report that what was not shipped of the order is cancelled."""
    return cover_answer(await record(service.pool, cover_id, event, asking.name))


@router.post("/covers/{cover_id}/overdue", response_model=CoverAnswer)
async def overdue(cover_id: CoverId, event: Overdue, service: Served, asking: Asking) -> CoverAnswer:
    """Report that money is owed after the due date; cover on the buyer is stopped."""
    return cover_answer(await record(service.pool, cover_id, event, asking.name))


def cover_answer(cover: Cover) -> CoverAnswer:
    """Write a cover out."""
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
