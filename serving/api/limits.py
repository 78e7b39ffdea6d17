"""`GET /v1/buyers/{buyer_id}/limit`: what may be outstanding on a buyer, and why."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime

from serving.api.asking import Asking, audience_of
from serving.api.language import language_of, written
from serving.api.messages import Id, LimitAnswer
from serving.api.problems import DOCUMENTED
from serving.api.service import Served
from serving.ledger.limits import limit_in_force, policy_on

router = APIRouter(tags=["limits"])


@router.get("/buyers/{buyer_id}/limit", response_model=LimitAnswer, responses=DOCUMENTED)
async def get_limit(
    buyer_id: Annotated[Id, Path(examples=["B-7"])],
    request: Request,
    service: Served,
    asking: Asking,
    as_of: Annotated[date | None, Query(description="the day it is asked of; today by default")] = None,
    known_at: Annotated[AwareDatetime | None, Query(description="as known at this instant; now by default")] = None,
) -> LimitAnswer:
    """Tell the limit in force on a day as known at an instant, with its reasons, exposure and headroom."""
    known_at = known_at or datetime.now(UTC)
    day = as_of or known_at.astimezone(UTC).date()
    policy = policy_on(day)
    known = await limit_in_force(service.pool, buyer_id, day, known_at)
    amount = known.amount_on(day)
    return LimitAnswer(
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
