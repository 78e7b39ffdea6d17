"""What may happen to a cover; each event bears the caller's key, and the same event again changes nothing.

Amounts are minor units of the order's currency.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

EventId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(examples=["EV-2026-000123"]),
]
Amount = Annotated[int, Field(strict=True, gt=0, le=10**15, examples=[1250000])]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000), Field(examples=["seen"])]
Flag = Annotated[bool, Field(strict=True, examples=[True])]
# The book holds days from 1990 to 2099; nothing can happen outside.
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2099, 12, 31), examples=["2026-11-20"])]


class Event(BaseModel):
    """Something that happened to one cover."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    word: ClassVar[str]

    event_id: EventId = Field(description="the caller's key of this event; makes it idempotent")

    @property
    def day(self) -> date | None:
        """The day it happened, where the caller knows; the day it is recorded otherwise."""
        return None


class Ship(Event):
    """Goods were shipped: all, or a part of the order."""

    word = "ship"
    amount_minor: Amount = Field(description="invoiced amount of what was shipped")
    shipped_on: Day
    final: Flag = Field(True, description="nothing more will be shipped, so what is left of the reservation is free")

    @property
    def day(self) -> date:
        """The day of shipment."""
        return self.shipped_on


class Settle(Event):
    """The buyer paid, all or a part; `event_id` is the payment's id."""

    word = "settle"
    amount_minor: Amount
    paid_on: Day

    @property
    def day(self) -> date:
        """The day the money arrived."""
        return self.paid_on


class Release(Event):
    """The order, or what was not shipped of it, is cancelled."""

    word = "release"


class Expire(Event):
    """The reservation ran out; what was not shipped is free."""

    word = "expire"


class Overdue(Event):
    """The exporter reports that money is still owed after the due date; no new cover is given on the buyer."""

    word = "overdue"
    amount_minor: Amount = Field(description="amount still owed")
    reported_on: Day

    @property
    def day(self) -> date:
        """The day of the report."""
        return self.reported_on


class Claim(Event):
    """The exporter claims a loss; `event_id` is the claim's id. No new cover is given on the buyer."""

    word = "claim"
    filed_on: Day
    loss_minor: Amount
    has_orders: Flag = Field(description="order documents are complete")
    has_customs: Flag = Field(description="customs records are complete")
    has_communications: Flag = Field(description="communication logs are complete")

    @property
    def day(self) -> date:
        """The day of filing."""
        return self.filed_on


class ClaimDecision(Event):
    """The claim is decided; an accepted one is compensated at the rate that was fixed when the cover was given."""

    word = "claim_decision"
    outcome: Literal["accepted", "rejected", "withdrawn"]
    decided_on: Day
    reason: Why | None = Field(None, description="why; kept in the ledger and the audit trail")

    @property
    def day(self) -> date:
        """The day of the decision."""
        return self.decided_on


class Recovery(Event):
    """Money came from the buyer after compensation; programme and exporter share it as they shared the loss."""

    word = "recovery"
    amount_minor: Amount
    received_on: Day

    @property
    def day(self) -> date:
        """The day the money arrived."""
        return self.received_on


EVENTS: dict[str, type[Event]] = {
    kind.word: kind for kind in (Ship, Settle, Release, Expire, Overdue, Claim, ClaimDecision, Recovery)
}
