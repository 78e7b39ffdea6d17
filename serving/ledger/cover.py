"""The life of one cover as a pure function: a cover and an event give the cover after it, or a reason why not.

    reserved -> shipped -> settled              paid in full
        |          └-> claimed -> compensated   the loss is shared; recoveries too
        |                    └--> rejected
        └-> released | expired                  never shipped

Exposure counts from reservation to settlement: what is owed or may still be shipped, up to what was covered.
A payment first lowers what no cover bears, so exposure never falls before the programme's risk does. What the buyer
pays until a claim is decided lowers the loss that is shared, and what may be recovered; on a claim that was rejected,
payments are the exporter's as before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import singledispatch
from typing import Literal

from features.money import Money
from models.policy import BASIS_POINTS
from serving.errors import RefusedError
from serving.ledger.events import Claim, ClaimDecision, Event, Expire, Overdue, Recovery, Release, Settle, Ship

State = Literal["reserved", "shipped", "settled", "released", "expired", "claimed", "compensated", "rejected"]


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover as its decision and entries make it; amounts are minor units of the order's currency.

    Attributes:
        is_open: the reservation holds: what was not shipped may still be.
        shipped_on: the first shipment, from which the terms run.
    """

    cover_id: int
    order_id: str
    exporter_id: str
    buyer_id: str
    currency: str
    amount_minor: int
    covered_minor: int
    rate_bp: int
    usd_rate: Decimal
    terms_days: int
    decided_at: datetime
    expires_at: datetime
    is_open: bool = True
    has_expired: bool = False
    shipped_minor: int = 0
    shipped_on: date | None = None
    paid_minor: int = 0
    claim: Claim | None = None
    outcome: ClaimDecision | None = None
    compensated_minor: int = 0
    recovered_minor: int = 0

    @property
    def ordered_on(self) -> date:
        """The day of the order: that of its check, or of a shipment before it."""
        checked_on = self.decided_at.astimezone(UTC).date()
        return checked_on if self.shipped_on is None else min(checked_on, self.shipped_on)

    @property
    def due_on(self) -> date | None:
        """The day by which the order is to be paid, once it is shipped."""
        return None if self.shipped_on is None else self.shipped_on + timedelta(days=self.terms_days)

    @property
    def owed_minor(self) -> int:
        """What was shipped and is not paid."""
        return self.shipped_minor - self.paid_minor

    @property
    def loss_minor(self) -> int:
        """What of the loss claimed is still owed: what the buyer paid since is none. An accepted claim fixes it."""
        return 0 if self.claim is None else min(self.claim.loss_minor, self.owed_minor)

    @property
    def left_minor(self) -> int:
        """What of the loss may still be recovered; nothing where more came in by the rule of before (see 0021)."""
        return max(self.loss_minor - self.recovered_minor, 0)

    @property
    def state(self) -> State:
        """Where in its life the cover is."""
        if self.outcome is not None:
            return "compensated" if self.outcome.outcome == "accepted" else "rejected"
        if self.claim is not None:
            return "claimed"
        if self.is_open:
            return "shipped" if self.shipped_minor else "reserved"
        if self.shipped_minor:
            return "shipped" if self.owed_minor else "settled"
        return "expired" if self.has_expired else "released"

    @property
    def exposure_minor(self) -> int:
        """What counts against the ceilings now."""
        if self.outcome is not None:
            return 0
        return min(self.covered_minor, self._bound_minor - self.paid_minor)

    @property
    def exposure_cents(self) -> int:
        """Exposure in US cents at the cover's own rate, rounded half up (away from zero)."""
        return self.cents(self.exposure_minor)

    @property
    def year_cents(self) -> int:
        """What counts as covered in the programme's year: all but what was given back unshipped."""
        return self.cents(min(self.covered_minor, self._bound_minor))

    @property
    def _bound_minor(self) -> int:
        """The most that can become owed: the whole order while the reservation holds, then what was shipped."""
        return self.amount_minor if self.is_open else self.shipped_minor

    def cents(self, minor: int) -> int:
        """Turn an amount of the order's currency into US cents at the cover's own rate."""
        return int((minor * self.usd_rate).to_integral_value(ROUND_HALF_UP))

    def refuse(self, cause: str, remedy: str) -> RefusedError:
        """Make the error that says why an event does not fit."""
        return RefusedError("cover", f"{self.cover_id} ({self.state})", cause, remedy)


@singledispatch
def after(event: Event, cover: Cover) -> Cover:
    """Give the cover after an event.

    Raises:
        RefusedError: the event does not fit the cover's state.
    """
    raise NotImplementedError(type(event).__name__)


@after.register
def _ship(event: Ship, cover: Cover) -> Cover:
    if not cover.is_open:
        raise cover.refuse("has nothing reserved any more", "check a new order")
    # A day of grace: the platform's day begins before that of UTC.
    if event.shipped_on < cover.ordered_on - timedelta(days=1):
        raise cover.refuse(f"was given on {cover.ordered_on}", "cover is given before shipment, not after")
    if event.shipped_on > cover.expires_at.date():
        raise cover.refuse(f"was reserved until {cover.expires_at:%Y-%m-%d}", "check a new order")
    if event.amount_minor > cover.amount_minor - cover.shipped_minor:
        raise cover.refuse(
            f"has {cover.amount_minor - cover.shipped_minor} left to ship", "ship no more than was ordered"
        )
    shipped = cover.shipped_minor + event.amount_minor
    return replace(
        cover,
        shipped_minor=shipped,
        shipped_on=cover.shipped_on or event.shipped_on,
        is_open=not event.final and shipped < cover.amount_minor,
    )


@after.register
def _settle(event: Settle, cover: Cover) -> Cover:
    if cover.state == "compensated":
        raise cover.refuse("is closed by its claim", "report the money as a recovery of the claim")
    if event.amount_minor > cover.owed_minor:
        raise cover.refuse(f"has {cover.owed_minor} owed", "report shipments first, and no more than is owed")
    if event.paid_on < cover.ordered_on:
        raise cover.refuse(f"was ordered on {cover.ordered_on}", "report the day the money arrived")
    return replace(cover, paid_minor=cover.paid_minor + event.amount_minor)


@after.register
def _release(_: Release, cover: Cover) -> Cover:
    if not cover.is_open:
        raise cover.refuse("has nothing reserved any more", "there is nothing to release")
    return replace(cover, is_open=False)


@after.register
def _expire(_: Expire, cover: Cover) -> Cover:
    if not cover.is_open:
        raise cover.refuse("has nothing reserved any more", "there is nothing to expire")
    return replace(cover, is_open=False, has_expired=True)


@after.register
def _overdue(event: Overdue, cover: Cover) -> Cover:
    _must_owe(cover, event.amount_minor)
    if cover.due_on is not None and event.reported_on <= cover.due_on:
        raise cover.refuse(f"is due on {cover.due_on}", "report it after that day")
    return cover


@after.register
def _claim(event: Claim, cover: Cover) -> Cover:
    _must_owe(cover, event.loss_minor)
    if cover.claim is not None:
        raise cover.refuse(f"has the claim {cover.claim.event_id} already", "wait for its decision")
    if cover.shipped_on is not None and event.filed_on < cover.shipped_on:
        raise cover.refuse(f"was shipped on {cover.shipped_on}", "file the claim after that day")
    return replace(cover, claim=event, is_open=False)


@after.register
def _decide(event: ClaimDecision, cover: Cover) -> Cover:
    if cover.claim is None or cover.outcome is not None:
        raise cover.refuse("has no claim to decide", "file a claim first")
    if event.decided_on < cover.claim.filed_on:
        raise cover.refuse(f"was claimed on {cover.claim.filed_on}", "decide it on or after that day")
    if event.outcome == "withdrawn":
        return replace(cover, claim=None)
    compensated = compensation_minor(cover) if event.outcome == "accepted" else 0
    return replace(cover, outcome=event, compensated_minor=compensated)


@after.register
def _recover(event: Recovery, cover: Cover) -> Cover:
    if cover.state != "compensated":
        raise cover.refuse("has no compensated claim", "report money before compensation as a settlement")
    if event.amount_minor > cover.left_minor:
        raise cover.refuse(f"has {cover.left_minor} of its loss left to recover", "report no more than that")
    return replace(cover, recovered_minor=cover.recovered_minor + event.amount_minor)


def after_recorded(event: Event, cover: Cover) -> Cover:
    """Give the cover after an event that is recorded: what has happened is read by the rule of its time.

    Raises:
        RefusedError: no rule there was let it happen.
    """
    if not isinstance(event, Recovery) or cover.state != "compensated" or cover.claim is None:
        return after(event, cover)
    # Money was once taken up to the loss claimed, also where the buyer had paid of it before the decision.
    recovered = cover.recovered_minor + event.amount_minor
    if recovered > cover.claim.loss_minor:
        return after(event, cover)
    return replace(cover, recovered_minor=recovered)


def is_in_trouble(cover: Cover, events: Iterable[Event]) -> bool:
    """Tell whether a cover speaks against its buyer: money owed that was reported overdue, or a claim not rejected."""
    if cover.state in {"claimed", "compensated"}:
        return True
    is_reported = any(isinstance(event, Overdue) for event in events)
    return cover.outcome is None and cover.owed_minor > 0 and is_reported


def compensation_minor(cover: Cover) -> int:
    """What the programme pays on a claim: its rate of the covered loss, rounded half up (away from zero)."""
    covered_loss = min(cover.loss_minor, cover.exposure_minor)
    return Money(covered_loss, cover.currency).share(cover.rate_bp, BASIS_POINTS).minor


def programme_share_minor(cover: Cover) -> int:
    """What the programme gets of all that was recovered: the share in which it bore the loss, up to all it bore."""
    shared = min(cover.recovered_minor, cover.loss_minor)
    if not shared:
        return 0
    return Money(shared, cover.currency).share(cover.compensated_minor, cover.loss_minor).minor


def _must_owe(cover: Cover, amount_minor: int) -> None:
    if cover.outcome is not None or amount_minor > cover.owed_minor:
        owed = 0 if cover.outcome is not None else cover.owed_minor
        raise cover.refuse(f"has {owed} owed", "report shipments first, and no more than is owed")
