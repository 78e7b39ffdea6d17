"""Sums of one cover's money, whatever the buyer pays and when, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.errors import RefusedError
from serving.ledger.cover import Cover, after, after_recorded, compensation_minor, programme_share_minor
from serving.ledger.events import Claim, ClaimDecision, Recovery, Settle, Ship

START = datetime(2025, 6, 2, 9, tzinfo=UTC)
DAY = date(2025, 6, 2)
GIVEN = Cover(
    1, "o1", "e1", "b1", "USD", 100_000, 100_000, 4_500, Decimal(1), 30, START, START + timedelta(days=30)
)  # fmt: skip


def happened(*events, cover=GIVEN):
    for event in (Ship(event_id="s", amount_minor=cover.amount_minor, shipped_on=DAY), *events):
        cover = after(event, cover)
    return cover


def claim(loss=100_000):
    return Claim(
        event_id="c", filed_on=DAY, loss_minor=loss, has_orders=True, has_customs=True, has_communications=True
    )


def paid(amount):
    return Settle(event_id="p", amount_minor=amount, paid_on=DAY)


def decided(outcome):
    return ClaimDecision.model_validate({"event_id": "d", "outcome": outcome, "decided_on": DAY})


def recovered(amount):
    return Recovery(event_id="r", amount_minor=amount, received_on=DAY)


def test_what_was_paid_before_the_decision_is_no_loss_to_share():
    cover = happened(claim(), paid(60_000), decided("accepted"))
    assert (cover.loss_minor, cover.compensated_minor) == (40_000, 18_000)
    assert programme_share_minor(after(recovered(40_000), cover)) == 18_000
    with pytest.raises(RefusedError, match="has 40000 of its loss left to recover"):
        after(recovered(40_001), cover)


def test_a_payment_on_what_was_not_claimed_leaves_the_loss_as_it_was():
    cover = happened(claim(30_000), paid(60_000), decided("accepted"))
    assert (cover.loss_minor, cover.compensated_minor) == (30_000, 13_500)


def test_a_claim_whose_loss_was_paid_meanwhile_has_nothing_to_share():
    cover = happened(claim(), paid(100_000), decided("accepted"))
    assert (cover.compensated_minor, programme_share_minor(cover)) == (0, 0)
    with pytest.raises(RefusedError, match="has 0 of its loss left"):
        after(recovered(1), cover)


def recorded(*events):
    """A cover that was paid 60,000 of the 100,000 claimed on it, accepted, and recovered on by the rule of before."""
    cover = happened(claim(), paid(60_000), decided("accepted"))
    for event in events:
        cover = after_recorded(event, cover)
    return cover


@pytest.mark.parametrize(("money", "share"), [(20_000, 9_000), (40_000, 18_000), (60_000, 18_000), (100_000, 18_000)])
def test_of_what_came_in_over_the_loss_the_programme_gets_what_it_bore(money, share):
    cover = recorded(recovered(10_000), recovered(money - 10_000))
    assert (cover.recovered_minor, programme_share_minor(cover)) == (money, share)
    assert cover.left_minor == max(40_000 - money, 0)
    with pytest.raises(RefusedError, match=f"has {cover.left_minor} of its loss left to recover"):
        after(recovered(40_000), cover)


def test_what_no_rule_let_happen_is_not_read_either():
    with pytest.raises(RefusedError, match="has 0 of its loss left to recover"):
        recorded(recovered(60_000), recovered(40_001))
    with pytest.raises(RefusedError, match="no compensated claim"):
        after_recorded(recovered(1), happened(claim()))


def test_what_came_in_where_nothing_was_left_of_the_loss_is_the_exporters():
    cover = after_recorded(recovered(100), happened(claim(), paid(100_000), decided("accepted")))
    assert (cover.recovered_minor, programme_share_minor(cover), cover.left_minor) == (100, 0, 0)


def test_money_after_a_rejected_claim_is_a_payment():
    cover = happened(claim(), decided("rejected"))
    with pytest.raises(RefusedError, match="as a settlement"):
        after(recovered(1), cover)
    cover = after(paid(60_000), cover)
    assert (cover.state, cover.owed_minor, cover.exposure_minor) == ("rejected", 40_000, 0)
    with pytest.raises(RefusedError, match="has 40000 owed"):
        after(paid(40_001), cover)


def test_money_after_an_accepted_claim_is_a_recovery():
    with pytest.raises(RefusedError, match="as a recovery"):
        after(paid(1), happened(claim(), decided("accepted")))


@given(st.data())
def test_the_programme_gets_back_what_it_bore_and_no_more(data):
    amount = data.draw(st.integers(1, 10**6), "amount")
    rate, covered = data.draw(st.integers(0, 10_000), "rate"), data.draw(st.integers(1, amount), "covered")
    cover = happened(cover=replace(GIVEN, amount_minor=amount, covered_minor=covered, rate_bp=rate))
    for event in (paid, claim, paid):
        if part := data.draw(st.integers(0, cover.owed_minor)):
            cover = after(event(part), cover)
    if cover.claim is None:
        return
    would_pay = compensation_minor(cover)
    cover = after(decided("accepted"), cover)
    assert would_pay == cover.compensated_minor <= cover.loss_minor <= cover.owed_minor
    if part := data.draw(st.integers(0, cover.loss_minor), "recovered"):
        some = after(recovered(part), cover)
        assert abs(programme_share_minor(some) * cover.loss_minor - part * would_pay) * 2 <= cover.loss_minor
        assert programme_share_minor(after(recovered(cover.loss_minor), cover)) == would_pay
