"""`/v1/buyers`: found by any spelling, what is known of one on a day, and notes on it."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.asking import Asking
from serving.api.etag import NOT_MODIFIED, tagged
from serving.api.listing import Listed
from serving.api.messages import Id
from serving.api.paging import parsed
from serving.api.problems import DOCUMENTED, NOT_FOUND
from serving.api.service import Served
from serving.api.tables import FILES, Wanted, as_file, format_of
from serving.buyers.dossier import Dossier, read_dossier
from serving.desk.notes import Note, WrittenNote
from serving.desk.notes import list_notes as read_notes
from serving.desk.notes import write_note as enter_note

router = APIRouter(tags=["buyers"], responses=DOCUMENTED)

BuyerId = Annotated[Id, Path(examples=["B-7"])]
Country = Annotated[str | None, Query(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]
AsOf = Annotated[date | None, Query(description="as known at the end of this day; today by default")]


class FoundBuyer(BaseModel):
    """A buyer that a search found. Amounts are US cents."""

    model_config = ConfigDict(from_attributes=True)

    buyer_id: str
    name: str = Field(description="its newest name")
    known_as: str | None = Field(None, description="the name by which it was found, where that is another")
    country: str
    registration_no: str | None = None
    score: float = Field(description="how near the search came; 100 where it named the buyer exactly")
    amount_cents: int | None = Field(None, description="the limit in force; none where nobody ever set one")
    exposure_cents: int
    grade: str | None = None
    status: str | None = None


class FoundBuyers(BaseModel):
    """Buyers that a search found, the nearest first."""

    items: list[FoundBuyer]


class NameAnswer(BaseModel):
    """A name that the buyer bore, and since when that was recorded."""

    model_config = ConfigDict(from_attributes=True)

    buyer_id: str
    name: str
    country: str
    registration_no: str | None = None
    recorded_at: datetime


class ExporterExposure(BaseModel):
    """What is outstanding of one exporter's covers, US cents."""

    exporter_id: str
    exporter: str
    cents: int
    covers: int


class BuyerAnswer(BaseModel):
    """What was known of a buyer at the end of a day. Amounts are US cents."""

    buyer_id: str
    as_of: date
    members: list[str] = Field(description="ids that are taken to be this buyer, itself included")
    names: list[NameAnswer] = Field(description="newest first")
    limit_cents: int
    limit_status: str
    grade: str | None = None
    pd: float | None = Field(None, description="probability of default over the model's horizon")
    exposure_cents: int
    exposure_by_exporter: list[ExporterExposure]
    orders: int
    owed_cents: int = Field(description="on all orders, covered or not")
    overdue_cents: int
    notices: int = Field(description="overdue notices")
    claims: int


class NoteAnswer(BaseModel):
    """A note on a buyer."""

    model_config = ConfigDict(from_attributes=True)

    note_id: int
    buyer_id: str
    text: str
    written_by: str
    recorded_at: datetime


class NotePage(BaseModel):
    """A page of notes, newest first."""

    items: list[NoteAnswer]
    next: str | None = None


@router.get("/buyers", response_model=FoundBuyers, responses=FILES)
async def search_buyers(
    request: Request,
    service: Served,
    asking: Asking,
    query: Annotated[str, Query(min_length=1, max_length=200, description="a name however spelt, an id or number")],
    country: Country = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    kind: Wanted = None,
) -> Response | FoundBuyers:
    """Find buyers by any spelling of the name, by id, or by registration number."""
    found = await service.finder.search(asking, query, country, limit)
    items = [FoundBuyer.model_validate(each) for each in found]
    form = format_of(request, kind)
    return FoundBuyers(items=items) if form == "json" else as_file("buyers", items, form)


@router.get("/buyers/{buyer_id}", response_model=BuyerAnswer, responses=NOT_FOUND | NOT_MODIFIED)
async def get_buyer(
    buyer_id: BuyerId, request: Request, service: Served, asking: Asking, as_of: AsOf = None
) -> Response:
    """Tell what is known of a buyer at the end of a day: names, what it owes, and how it pays."""
    known = await read_dossier(service.pool, asking, buyer_id, as_of)
    return tagged(request, _answer(known))


@router.post("/buyers/{buyer_id}/notes", response_model=NoteAnswer)
async def write_note(buyer_id: BuyerId, note: Note, service: Served, asking: Asking) -> WrittenNote:
    """Write a note on a buyer; the same note again changes nothing."""
    return await enter_note(service.pool, asking, buyer_id, note)


@router.get("/buyers/{buyer_id}/notes", response_model=NotePage, responses=FILES)
async def list_notes(buyer_id: BuyerId, service: Served, asking: Asking, listing: Listed) -> Response | NotePage:
    """List the notes on a buyer, newest first."""
    found = await read_notes(service.pool, asking, buyer_id, before=parsed(listing.cursor), most=listing.fetched)
    return listing.answer("notes", NotePage, found, NoteAnswer.model_validate, lambda each: each.note_id)


def _answer(known: Dossier) -> BuyerAnswer:
    return BuyerAnswer(
        buyer_id=known.buyer_id,
        as_of=known.as_of,
        members=list(known.members),
        names=[NameAnswer.model_validate(each) for each in known.versions],
        limit_cents=known.limit.amount_on(known.as_of),
        limit_status=known.limit.status_word,
        grade=known.limit.grade,
        pd=known.limit.pd,
        exposure_cents=known.limit.exposure_cents,
        exposure_by_exporter=[ExporterExposure(**each) for each in known.exposure_by_exporter],
        orders=len(known.trade.orders),
        owed_cents=known.trade.owed_cents,
        overdue_cents=known.trade.overdue_cents,
        notices=len(known.trade.notices),
        claims=len(known.trade.claims),
    )
