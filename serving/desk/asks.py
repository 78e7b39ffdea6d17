"""What may be asked of the desk, and what may be said of it; amounts are US cents.

The words of `request` are those of UN/EDIFACT code list 4505.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from serving.ledger.events import Day, EventId

Request = Literal["new", "increase", "reduce", "cancel", "prolong"]
Kind = Literal["limit_request", "override", "suspend", "restore", "referral"]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$"),
]
LimitAmount = Annotated[int, Field(strict=True, ge=0, le=10**12, description="US cents")]


class Ask(BaseModel):
    """Something asked of the desk."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: ClassVar[Kind]

    event_id: EventId = Field(description="the asker's key; the same again changes nothing", examples=["REQ-2026-0001"])
    reason: Reason = Field(description="why", examples=["Order book for the autumn fair, see the attached contracts"])

    @property
    def amount(self) -> int | None:
        """The limit that is asked for; None where the ask names none."""
        return None

    @property
    def until(self) -> date | None:
        """The first day on which it no longer holds."""
        return None


class LimitRequest(Ask):
    """A limit is asked for, new or changed."""

    kind = "limit_request"
    request: Request = Field(description="what is asked for", examples=["increase"])
    amount_minor: LimitAmount | None = Field(None, description="US cents; none to cancel", examples=[5000000])
    exporter_id: EventId | None = Field(None, description="for whose trade")

    @model_validator(mode="after")
    def _names_an_amount(self) -> "LimitRequest":
        if (self.amount_minor in (None, 0)) != (self.request == "cancel"):
            raise ValueError("amount_minor must be given, unless the request is to cancel")
        return self

    @property
    def amount(self) -> int:
        """The limit that is asked for."""
        return self.amount_minor or 0


class Override(Ask):
    """A person sets a limit in place of the machine's, until a day."""

    kind = "override"
    amount_minor: LimitAmount = Field(description="US cents", examples=[3000000])
    valid_to: Day = Field(description="the first day on which it no longer holds", examples=["2027-01-01"])

    @property
    def amount(self) -> int:
        """The limit to set."""
        return self.amount_minor

    @property
    def until(self) -> date:
        """The first day on which it no longer holds."""
        return self.valid_to


class Suspend(Ask):
    """Cover on the buyer is stopped; what is covered stays covered."""

    kind = "suspend"

    @property
    def amount(self) -> int:
        """No new cover."""
        return 0


class Restore(Ask):
    """What a person or an event had set ends; the machine's limit holds again."""

    kind = "restore"


class Ruling(BaseModel):
    """What somebody says of a proposal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: Literal["approved", "refused", "withdrawn", "undone"] = Field(
        description="withdrawn: by who proposed it; undone: by who decided it, soon after", examples=["approved"]
    )
    reason: Reason = Field(description="why", examples=["Three years of prompt payment, contracts seen"])
    amount_minor: LimitAmount | None = Field(
        None, description="US cents; for a limit request, where it is not what was asked for", examples=[4000000]
    )
    valid_to: Day | None = Field(None, description="for a limit request: the first day on which it no longer holds")
