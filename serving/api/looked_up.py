"""`GET /v1/order-checks/{order_id}`: was this order covered at that moment, and why?"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from serving.api.asking import Asking, audience_of
from serving.api.covers import CoverAnswer, cover_answer
from serving.api.instants import KnownAt
from serving.api.language import language_of
from serving.api.messages import Id, OrderCheckAnswer
from serving.api.order_checks import answer
from serving.api.problems import DOCUMENTED, NOT_FOUND
from serving.api.service import Served
from serving.ledger.lookup import CheckedOrder, find_cover, find_order_check

router = APIRouter(tags=["order checks"], responses=DOCUMENTED | NOT_FOUND)


class Workings(BaseModel):
    """All that a decision followed from. Amounts are US cents."""

    model_config = ConfigDict(from_attributes=True)

    policy_version: str
    identity_id: str = Field(description="whom the buyer was taken to be")
    country: str
    amount_cents: int
    covered_cents: int
    usd_rate: Decimal = Field(description="US cents for a minor unit of the order's currency")
    usd_rate_on: date = Field(description="the day whose rate that is")
    limit_id: int | None = None
    limit_cents: int
    limit_status: str
    limit_grade: str | None = None
    limit_until: date | None = None
    buyer_room_cents: int = Field(description="what the buyer's limit had left")
    exporter_room_cents: int
    country_room_cents: int
    year_room_cents: int
    first_time_exporters: int
    largest_paid_cents: int
    is_replayed: bool = Field(description="the same decision follows again from these figures")


class LookedUpCheck(BaseModel):
    """An order's check as known at an instant."""

    order_id: str
    exporter_id: str
    buyer_id: str
    amount_minor: int = Field(description="minor units of the order's currency")
    currency: str
    terms_days: int
    accept_partial: bool
    decided_at: datetime
    known_at: datetime
    asked_by: str | None = Field(None, description="name of the key that asked", examples=["shop"])
    asked_by_key: int | None = Field(None, description="number of that key, as `bolanggu key list` shows it")
    was_covered: bool = Field(description="something of the order was covered at the instant that is asked of")
    answer: OrderCheckAnswer = Field(description="as it was given")
    approval_id: int | None = Field(None, description="where the order was referred: what a person decides")
    after_referral: OrderCheckAnswer | None = Field(None, description="where a person cleared it: what followed")
    cover: CoverAnswer | None = Field(None, description="the cover as known at the instant")
    workings: Workings | None = Field(None, description="not told to the platform, as others' trade is in it")


@router.get("/order-checks/{order_id}", response_model=LookedUpCheck)
async def get_order_check(
    order_id: Annotated[Id, Path(examples=["YW-2026-000123"])],
    request: Request,
    service: Served,
    asking: Asking,
    known_at: KnownAt,
) -> LookedUpCheck:
    """Tell what was answered on an order, what it followed from, and what of it was covered at an instant."""
    first, cleared = await find_order_check(service.pool, order_id, known_at)
    last = cleared or first
    life = None if last.cover_id is None else await find_cover(service.pool, last.cover_id, known_at)
    language, audience = language_of(request), audience_of(asking)
    return LookedUpCheck(
        **{name: getattr(first, name) for name in _SAME},
        known_at=known_at,
        was_covered=life is not None and life.cover.exposure_minor > 0,
        answer=answer(first.answer, language, audience),
        approval_id=first.proposal_id,
        after_referral=None if cleared is None else answer(cleared.answer, language, audience),
        cover=None if life is None else cover_answer(life.cover),
        workings=None if audience == "exporter" else _workings(last),
    )


_SAME = (
    "order_id",
    "exporter_id",
    "buyer_id",
    "amount_minor",
    "currency",
    "terms_days",
    "accept_partial",
    "decided_at",
    "asked_by",
    "asked_by_key",
)


def _workings(checked: CheckedOrder) -> Workings:
    return Workings.model_validate(checked)
