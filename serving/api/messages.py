"""What goes over the wire for order checks and limits: pydantic models with units and examples."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

# Control characters have no place in an identifier, and PostgreSQL refuses NUL.
Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Minor = Annotated[int, Field(strict=True, ge=0, description="minor units of the currency")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]

_ASKED: JsonDict = {
    "order_id": "YW-2026-000123",
    "exporter_id": "EX-0042",
    "buyer_id": "B-7",
    "amount_minor": 1250000,
    "currency": "USD",
    "terms_days": 60,
    "accept_partial": True,
}


class ReasonText(BaseModel):
    """Why: a stable code, and its text in the language that the request prefers (`Accept-Language: zh` or `en`)."""

    code: str = Field(examples=["within_limit"])
    text: str = Field(examples=["This order can be covered"])


class OrderCheckRequest(BaseModel):
    """May this order be covered?"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_ASKED]})

    order_id: Id = Field(description="the platform's id of the order; makes the check idempotent")
    exporter_id: Id = Field(description="the seller")
    buyer_id: Id = Field(description="the overseas debtor")
    amount_minor: Annotated[int, Field(strict=True, gt=0, le=10**15, description="amount in minor units")]
    currency: Currency = Field(description="ISO 4217 code")
    terms_days: Annotated[int, Field(strict=True, ge=0, le=3650, description="days from shipment to the due date")]
    accept_partial: Annotated[bool, Field(strict=True)] = Field(
        False, description="take cover of a part where the whole does not fit"
    )


class OrderCheckAnswer(BaseModel):
    """What was decided, now or when this order was first asked about."""

    order_id: str
    decision: Literal["covered", "partly_covered", "declined", "referred"]
    cover_id: int | None = Field(None, description="the cover that is reserved; none where nothing is")
    covered_minor: Minor = Field(description="covered amount, minor units of the order's currency")
    available_minor: Minor = Field(description="what would fit of this order, minor units of its currency")
    compensation_rate: float = Field(description="share of a loss that the programme pays", examples=[0.45])
    expires_at: datetime | None = Field(None, description="until when the cover is reserved")
    reasons: list[ReasonText]


class BatchItem(BaseModel):
    """One order of a batch: its answer, or why it got none."""

    order_id: str
    answer: OrderCheckAnswer | None = None
    problem: str | None = Field(None, description="why this order has no answer")


class LimitAnswer(BaseModel):
    """A buyer's limit on a day, as known at an instant. Amounts are US cents."""

    buyer_id: str
    identity_id: str = Field(description="whom the buyer is taken to be; all its names share limit and exposure")
    as_of: date
    known_at: datetime
    status: str = Field(
        description="approved, partly_approved, conditional, refused, investigating, reduced, cancelled, suspended; "
        "discretionary where nobody assessed the buyer; expired where the last limit has ended",
        examples=["approved"],
    )
    source: str | None = Field(None, description="model, underwriter or event")
    amount_minor: Minor
    exposure_minor: Minor = Field(description="covered amount outstanding, as known then")
    headroom_minor: Minor = Field(description="limit less exposure, not below zero")
    currency: Literal["USD"] = "USD"
    valid_from: date | None = None
    valid_to: date | None = Field(None, description="first day on which it no longer holds; none where it is open")
    grade: str | None = None
    policy_version: str
    model_version: str | None = None
    recorded_at: datetime | None = None
    reasons: list[ReasonText]


def example(model: type[BaseModel]) -> dict[str, Any]:
    """Give a model's JSON schema as a request body of the OpenAPI document."""
    return _body({"$ref": f"#/components/schemas/{model.__name__}"})


def examples(model: type[BaseModel], most: int) -> dict[str, Any]:
    """Give the same for a list of one to so many."""
    items = {"$ref": f"#/components/schemas/{model.__name__}"}
    return _body({"type": "array", "minItems": 1, "maxItems": most, "items": items})


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}
