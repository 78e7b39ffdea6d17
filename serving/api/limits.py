"""What may be outstanding on a buyer, why, and how that came to be; and all limits in force."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.asking import Asking, audience_of
from serving.api.etag import NOT_MODIFIED, tagged
from serving.api.instants import KnownAt
from serving.api.language import language_of, written
from serving.api.listing import Listed
from serving.api.messages import Id, LimitAnswer, ReasonText
from serving.api.paging import opened, parsed
from serving.api.problems import DOCUMENTED
from serving.api.service import Served
from serving.api.tables import FILES
from serving.ledger.limits import all_limits, limit_in_force, policy_on
from serving.ledger.lookup import PastLimit, limit_history

router = APIRouter(tags=["limits"])


class PastLimitAnswer(BaseModel):
    """One version of a limit. Amounts are US cents."""

    limit_id: int
    amount_minor: int
    status: str
    source: str = Field(description="model, underwriter or event")
    valid_from: date
    valid_to: date | None = None
    grade: str | None = None
    pd: float | None = None
    policy_version: str | None = None
    model_version: str | None = None
    recorded_by: str
    recorded_at: datetime
    reasons: list[ReasonText]


class LimitHistory(BaseModel):
    """A page of a limit's versions, newest first."""

    items: list[PastLimitAnswer]
    next: str | None = Field(None, description="the cursor of the next page; none at the end")


class LimitLine(BaseModel):
    """A limit in force. Amounts are US cents."""

    model_config = ConfigDict(from_attributes=True)

    identity_id: str
    name: str | None = None
    country: str
    amount_cents: int
    exposure_cents: int
    status: str
    source: str
    valid_from: date
    valid_to: date | None = None
    grade: str | None = None
    pd: float | None = None


class LimitPage(BaseModel):
    """A page of the limits in force, by buyer."""

    items: list[LimitLine]
    next: str | None = Field(None, description="the cursor of the next page; none at the end")


@router.get("/buyers/{buyer_id}/limit", response_model=LimitAnswer, responses=DOCUMENTED | NOT_MODIFIED)
async def get_limit(
    buyer_id: Annotated[Id, Path(examples=["B-7"])],
    request: Request,
    service: Served,
    asking: Asking,
    known_at: KnownAt,
    as_of: Annotated[date | None, Query(description="the day it is asked of; today by default")] = None,
) -> Response:
    """Tell the limit in force on a day as known at an instant, with its reasons, exposure and headroom."""
    day = as_of or known_at.astimezone(UTC).date()
    policy = policy_on(day)
    known = await limit_in_force(service.pool, buyer_id, day, known_at)
    amount = known.amount_on(day)
    answer = LimitAnswer(
        buyer_id=buyer_id,
        identity_id=known.identity_id,
        as_of=day,
        known_at=known_at,
        status=known.status_word,
        source=known.source,
        amount_minor=amount,
        exposure_minor=known.exposure_cents,
        headroom_minor=max(amount - known.exposure_cents, 0),
        valid_from=known.valid_from,
        valid_to=known.valid_to,
        grade=known.grade,
        policy_version=known.policy_version or policy.version,
        model_version=known.model_version,
        recorded_at=known.recorded_at,
        reasons=written(known.explained(day), language_of(request), audience_of(asking)),
    )
    return tagged(request, answer, ignored=frozenset(("known_at",)))


@router.get("/buyers/{buyer_id}/limit/history", response_model=LimitHistory, responses=DOCUMENTED | FILES)
async def get_limit_history(
    buyer_id: Annotated[Id, Path(examples=["B-7"])],
    request: Request,
    service: Served,
    asking: Asking,
    listing: Listed,
    known_at: KnownAt,
) -> Response | LimitHistory:
    """List the versions of a buyer's limit, newest first: who set each, when, and why."""
    before = parsed(listing.cursor)
    found = await limit_history(service.pool, buyer_id, known_at, before, listing.fetched)
    return listing.answer(
        "limit-history", LimitHistory, found, lambda each: _past(each, request, asking), lambda each: each.limit_id
    )


@router.get("/limits", response_model=LimitPage, responses=DOCUMENTED | FILES)
async def list_limits(
    service: Served,
    listing: Listed,
    country: Annotated[str | None, Query(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")] = None,
    grade: Annotated[str | None, Query(max_length=20)] = None,
    status: Annotated[str | None, Query(max_length=20, examples=["suspended"])] = None,
) -> Response | LimitPage:
    """List the limits in force today, by buyer, with what is outstanding."""
    filters = {"country": country, "grade": grade, "status": status}
    page = {"after": opened(listing.cursor) or "", "most": listing.fetched}
    found = await all_limits(service.pool, datetime.now(UTC).date(), filters | page)
    return listing.answer("limits", LimitPage, found, LimitLine.model_validate, lambda each: each.identity_id)


def _past(past: PastLimit, request: Request, asking: Asking) -> PastLimitAnswer:
    reasons = written(past.explained, language_of(request), audience_of(asking))
    return PastLimitAnswer.model_validate(asdict(past) | {"amount_minor": past.amount_cents, "reasons": reasons})
