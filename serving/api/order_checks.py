"""`POST /v1/order-checks`: may this order be covered, for how much, at what rate? Exactly once for each order id."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import to_json

from features.errors import CallerError
from models.policy import BASIS_POINTS
from models.reasons import Audience, Language
from serving.api.language import language_of
from serving.api.messages import BatchItem, OrderCheckAnswer, OrderCheckRequest, example, examples
from serving.api.problems import DOCUMENTED, faults_of, problem
from serving.api.service import Service
from serving.errors import OtherBodyError
from serving.ledger.checks import Decision, OrderCheck, check_orders, rate_of

router = APIRouter(tags=["order checks"])
LARGEST_BATCH = 10_000
STATEMENT_SIZE = 1_000

_request = TypeAdapter(OrderCheckRequest)
_batch = TypeAdapter(Annotated[list[OrderCheckRequest], Field(min_length=1, max_length=LARGEST_BATCH)])


@router.post(
    "/order-checks",
    response_model=OrderCheckAnswer,
    responses=DOCUMENTED,
    openapi_extra={"requestBody": example(OrderCheckRequest)},
)
async def check_order(request: Request) -> Response:
    """Check one order and reserve its cover.

    The same body again gives the first answer again; another body under the same `order_id` is refused (422).
    """
    # Read by hand: on this path the framework's own reading and writing costs more than the decision.
    service: Service = request.state.service
    try:
        asked = _request.validate_json(await request.body())
    except ValidationError as error:
        return problem(422, "the order is not as documented", faults_of(error.errors(include_url=False)))
    order = _order(asked)
    rate_of(order.currency, datetime.now(UTC).date())
    decision = await service.gathering.check(order, request.state.principal.name)
    if not decision.same_body:
        raise _other_body(order.order_id)
    return Response(to_json(_answered(decision, language_of(request))), media_type="application/json")


@router.post(
    "/order-checks/batch",
    response_model=list[BatchItem],
    responses=DOCUMENTED,
    openapi_extra={"requestBody": examples(OrderCheckRequest, LARGEST_BATCH)},
)
async def check_batch(request: Request) -> Response:
    """Check up to 10,000 orders, in the order given; each stands for itself, answered or with its problem."""
    service: Service = request.state.service
    try:
        orders = _batch.validate_json(await request.body())
    except ValidationError as error:
        return problem(422, "the orders are not as documented", faults_of(error.errors(include_url=False)))
    items: list[dict[str, Any]] = []
    language, asked_by = language_of(request), request.state.principal.name
    for start in range(0, len(orders), STATEMENT_SIZE):
        items += await _chunk(service, orders[start : start + STATEMENT_SIZE], language, asked_by)
    return Response(to_json(items), media_type="application/json")


async def _chunk(
    service: Service, asked: list[OrderCheckRequest], language: Language, asked_by: str
) -> list[dict[str, Any]]:
    """Give each order's `BatchItem` as JSON holds it."""
    today = datetime.now(UTC).date()
    items: list[dict[str, Any]] = [{"order_id": each.order_id, "answer": None, "problem": None} for each in asked]
    good: list[int] = []
    for place, each in enumerate(asked):
        try:
            rate_of(each.currency, today)
            good.append(place)
        except CallerError as error:
            items[place]["problem"] = str(error)
    decisions = await check_orders(service.pool, [_order(asked[place]) for place in good], asked_by)
    service.metrics.answered(decisions)
    for place, decision in zip(good, decisions, strict=True):
        if decision.same_body:
            items[place]["answer"] = _answered(decision, language)
        else:
            items[place]["problem"] = str(_other_body(decision.order_id))
    return items


def _order(asked: OrderCheckRequest) -> OrderCheck:
    return OrderCheck(
        asked.order_id,
        asked.exporter_id,
        asked.buyer_id,
        asked.amount_minor,
        asked.currency,
        asked.terms_days,
        asked.accept_partial,
    )


def _other_body(order_id: str) -> OtherBodyError:
    return OtherBodyError(
        "order", order_id, "was checked before with another body", "send the first body again, or use a new order_id"
    )


def answer(decision: Decision, language: Language, audience: Audience = "exporter") -> OrderCheckAnswer:
    """Write a decision out, by default as the platform reads it."""
    return OrderCheckAnswer.model_validate(_answered(decision, language, audience))


def _answered(decision: Decision, language: Language, audience: Audience = "exporter") -> dict[str, Any]:
    """Give an `OrderCheckAnswer` as JSON holds it; making the model would take longer than the rest of the answer."""
    return {
        "order_id": decision.order_id,
        "decision": decision.decision,
        "cover_id": decision.cover_id,
        "covered_minor": decision.covered_minor,
        "available_minor": decision.available_minor,
        "compensation_rate": decision.rate_bp / BASIS_POINTS,
        "expires_at": decision.expires_at,
        "reasons": [
            {"code": each.code, "text": each.text(language, audience)} for each in decision.explained(audience)
        ],
    }
