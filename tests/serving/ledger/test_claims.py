"""A claim is decided and recovered on by who may, with the reason kept."""

import psycopg
import pytest

from serving.errors import ForbiddenError, NotFoundError, OtherBodyError, RefusedError
from serving.ledger.claims import decide_claim, recover
from serving.ledger.events import ClaimDecision, Recovery
from serving.ledger.verify import verify
from tests.serving.desk.desks import LI, PLATFORM, on_pool
from tests.serving.limits.living_book import TODAY, claim, happen, paid, shipped_cover


@pytest.fixture
def claimed(database):
    happen(database, shipped_cover(database, "b001"), claim("CL-1"))
    return database


def decide(url, who=LI, claim_id="CL-1", **more):
    said = {"event_id": "d1", "outcome": "accepted", "decided_on": TODAY, "reason": "documents seen"} | more
    return on_pool(url, lambda pool: decide_claim(pool, who, claim_id, ClaimDecision.model_validate(said)))


def test_an_accepted_claim_is_compensated_with_its_reason_in_ledger_and_audit(claimed, sql):
    cover = decide(claimed)
    assert (cover.state, cover.compensated_minor) == ("compensated", 180_000)
    assert decide(claimed) == cover
    assert sql("SELECT details ->> 'reason', recorded_by FROM ledger.entries WHERE event = 'claim_decision'") == [
        ("documents seen", "li")
    ]
    assert sql("SELECT who, after ->> 'reason' FROM access.audit WHERE action = 'claim_decision'") == [
        ("li", "documents seen")
    ]
    money = Recovery(event_id="m1", amount_minor=100_000, received_on=TODAY)
    assert on_pool(claimed, lambda pool: recover(pool, LI, "CL-1", money)).recovered_minor == 100_000
    with pytest.raises(RefusedError, match="of its loss left to recover"):
        again = Recovery(event_id="m2", amount_minor=400_000, received_on=TODAY)
        on_pool(claimed, lambda pool: recover(pool, LI, "CL-1", again))


def test_only_who_may_decides_and_only_what_is_there(claimed):
    with pytest.raises(ForbiddenError):
        decide(claimed, PLATFORM)
    with pytest.raises(NotFoundError, match="claim CL-9"):
        decide(claimed, claim_id="CL-9")
    decide(claimed, outcome="rejected")
    with pytest.raises(RefusedError, match="has no claim to decide"):
        decide(claimed, event_id="d2")


@pytest.fixture
def filed_anew(claimed):
    """CL-1 was withdrawn, and CL-2 filed on the same cover."""
    decide(claimed, event_id="w1", outcome="withdrawn")
    happen(claimed, 1, claim("CL-2", 300_000))
    return claimed


def money(url, claim_id, event_id="m1"):
    received = Recovery(event_id=event_id, amount_minor=100, received_on=TODAY)
    return on_pool(url, lambda pool: recover(pool, LI, claim_id, received))


def test_a_withdrawn_claims_name_decides_no_other_claim_on_its_cover(filed_anew, sql):
    with pytest.raises(RefusedError, match="claim CL-1: was withdrawn, and cover 1 has the claim CL-2 since; name"):
        decide(filed_anew)
    assert sql("SELECT count(*) FROM book.claims WHERE outcome = 'accepted'") == [(0,)]
    assert decide(filed_anew, claim_id="CL-2").compensated_minor == 135_000


def test_a_withdrawn_claim_with_none_after_it_is_not_decided(claimed):
    decide(claimed, event_id="w1", outcome="withdrawn")
    with pytest.raises(RefusedError, match="claim CL-1: was withdrawn; file it anew"):
        decide(claimed)


def test_the_same_decision_again_changes_nothing_whatever_was_filed_since(filed_anew):
    assert decide(filed_anew, event_id="w1", outcome="withdrawn").state == "claimed"
    decide(filed_anew, claim_id="CL-2")
    assert decide(filed_anew, event_id="w1", outcome="withdrawn").state == "compensated"
    with pytest.raises(OtherBodyError):  # of CL-2, and so none of CL-1
        decide(filed_anew)
    with pytest.raises(OtherBodyError):
        decide(filed_anew, claim_id="CL-2", event_id="w1", outcome="withdrawn")


def test_a_withdrawn_claims_name_takes_no_money_for_another(filed_anew):
    decide(filed_anew, claim_id="CL-2")
    with pytest.raises(RefusedError, match="claim CL-1: was withdrawn"):
        money(filed_anew, "CL-1")
    assert money(filed_anew, "CL-2").recovered_minor == 100
    with pytest.raises(OtherBodyError):
        money(filed_anew, "CL-1")


def test_money_after_a_rejected_claim_reaches_the_book_as_a_payment(claimed, sql):
    decide(claimed, outcome="rejected")
    happen(claimed, 1, paid(300_000, "p1"), paid(100_000, "p2"))
    assert sql("SELECT payment_id, amount_minor FROM book.payments ORDER BY 1") == [("p1", 300_000), ("p2", 100_000)]
    # An order that was paid in full is one that the next may be measured by, as where the book is read anew.
    assert sql("SELECT exposure_cents, largest_paid_cents FROM ledger.buyer_exposures") == [(0, 400_000)]
    with psycopg.connect(claimed, autocommit=True) as connection:
        assert [check for check in verify(connection) if check.broken] == []
