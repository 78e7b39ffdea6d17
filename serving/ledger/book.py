"""What covers' events add to the book of record, so that the next quarter learns from what the service saw.

An order enters the book when goods are shipped: credit exists from then on, and a reservation that was released or
expired would look like an order that nobody paid.
"""

from datetime import datetime
from functools import singledispatch
from typing import Any

from serving.database.pool import Connection
from serving.database.queries import query
from serving.ledger.cover import Cover
from serving.ledger.events import Claim, ClaimDecision, Event, Overdue, Recovery, Settle, Ship


async def record_in_book(
    connection: Connection, before: Cover, cover: Cover, event: Event, recorded_at: datetime
) -> None:
    """Add the row that an event makes; `before` and `cover` are the cover before and after it."""
    written = book_row(event, before, cover)
    if written is not None:
        name, row = written
        shared = {"order_id": cover.order_id, "currency": cover.currency, "recorded_at": recorded_at}
        await connection.execute(query(name), shared | row)


@singledispatch
def book_row(_: Event, __: Cover, ___: Cover) -> tuple[str, dict[str, Any]] | None:
    """Give the row that an event makes of a cover before and after it, with the name of the statement that adds it."""
    return None  # what was never shipped is not in the book


@book_row.register
def _shipped(_: Ship, __: Cover, cover: Cover) -> tuple[str, dict[str, Any]]:
    return "book_order", {
        "exporter_id": cover.exporter_id,
        "buyer_id": cover.buyer_id,
        "ordered_on": cover.ordered_on,
        "shipped_on": cover.shipped_on,
        "due_on": cover.due_on,
        "amount_minor": cover.shipped_minor,
    }


@book_row.register
def _settled(event: Settle, _: Cover, __: Cover) -> tuple[str, dict[str, Any]]:
    return "book_payment", {
        "payment_id": event.event_id,
        "paid_on": event.paid_on,
        "amount_minor": event.amount_minor,
    }


@book_row.register
def _overdue(event: Overdue, _: Cover, __: Cover) -> tuple[str, dict[str, Any]]:
    return "book_overdue", {"reported_on": event.reported_on, "amount_minor": event.amount_minor}


@book_row.register
def _claimed(event: Claim, _: Cover, cover: Cover) -> tuple[str, dict[str, Any]]:
    return "book_claim", _claim_version(event, cover, None)


@book_row.register
def _decided(event: ClaimDecision, before: Cover, cover: Cover) -> tuple[str, dict[str, Any]]:
    assert before.claim is not None, "only a claim is decided"
    return "book_claim", _claim_version(before.claim, cover, event)


@book_row.register
def _recovered(_: Recovery, __: Cover, cover: Cover) -> tuple[str, dict[str, Any]]:
    assert cover.claim is not None, "only a claim has recoveries"
    return "book_claim", _claim_version(cover.claim, cover, cover.outcome)


def _claim_version(claim: Claim, cover: Cover, decision: ClaimDecision | None) -> dict[str, Any]:
    is_accepted = decision is not None and decision.outcome == "accepted"
    return {
        "claim_id": claim.event_id,
        "filed_on": claim.filed_on,
        "loss_minor": claim.loss_minor,
        "has_orders": claim.has_orders,
        "has_customs": claim.has_customs,
        "has_communications": claim.has_communications,
        "decided_on": decision.decided_on if decision else None,
        "outcome": decision.outcome if decision else None,
        "compensated_minor": cover.compensated_minor if is_accepted else None,
        "recovered_minor": cover.recovered_minor if is_accepted else None,
    }
