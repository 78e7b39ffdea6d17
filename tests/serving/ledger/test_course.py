from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from serving.ledger.course import differences

DECIDED = datetime(2025, 6, 2, 9, tzinfo=UTC)
DECISION = {
    "cover_id": 7, "order_id": "o1", "exporter_id": "e1", "buyer_id": "b1", "currency": "USD", "amount_minor": 100,
    "covered_minor": 80, "rate_bp": 4500, "usd_rate": Decimal(1), "terms_days": 60, "decided_at": DECIDED,
    "expires_at": datetime(2025, 7, 2, 9, tzinfo=UTC), "first_identity": "b1",
}  # fmt: skip
BOOK = {
    "order_id": "o1", "currency": "USD", "exporter_id": "e1", "buyer_id": "b1", "ordered_on": "2025-06-02",
    "shipped_on": "2025-06-03", "due_on": "2025-08-02", "amount_minor": 60,
}  # fmt: skip
DETAILS = {"amount_minor": 60, "shipped_on": "2025-06-03", "final": True}


def entry(event, exposure, year=0, identity="b1", details=None, **more):
    row = {"event": event, "event_id": "x", "details": details, "identity_id": identity, "exposure_cents": exposure}
    row |= {"year_cents": year, "happened_on": date(2025, 6, 3), "book_row": None, "is_over_loss": False}
    return {**DECISION, **row, **more}


def life(**change):
    """Reserved, taken to be of another buyer and back, shipped in part."""
    shipped = entry("ship", -20, -20, details=DETAILS, book_row=BOOK) | change
    moves = [("b1", -80), ("b2", 80), ("b2", -80), ("b1", 80)]
    return [entry("reserve", 80, 80), *(entry("merge", cents, identity=who) for who, cents in moves), shipped]


def test_a_cover_whose_entries_follow_from_its_events_has_no_difference():
    assert list(differences([*life(), *(row | {"cover_id": 8} for row in life())])) == []


@pytest.mark.parametrize(
    ("change", "kept", "again"),
    [
        ({"exposure_cents": -21}, "-21", "-20"),
        ({"year_cents": 0}, "(-20, 0, 'b1'", "(-20, -20, 'b1'"),
        ({"identity_id": "b2"}, "'b2'", "'b1'"),
        ({"happened_on": date(2025, 6, 4)}, "2025, 6, 4", "2025, 6, 3"),
        ({"details": {**DETAILS, "amount_minor": 101}}, "101", "cannot be: cover"),
        ({"details": {**DETAILS, "amount_minor": "some"}}, "some", "cannot be: 1 validation error"),
        ({"book_row": None}, "no row in the book", "o1"),
        ({"book_row": {**BOOK, "amount_minor": 61}}, "{'amount_minor': 61}", "{'amount_minor': 60}"),
    ],
)
def test_what_does_not_follow_is_told_with_what_would(change, kept, again):
    (found,) = differences(life(**change))
    assert found.what == "cover 7 ship"
    assert kept in found.kept.replace("datetime.date(", "")
    assert again in found.again.replace("datetime.date(", "")


def test_a_move_between_buyers_takes_all_that_is_outstanding():
    rows = life()
    rows[2] |= {"exposure_cents": 79}
    assert [each.what for each in differences(rows)] == ["cover 7 merge"]
