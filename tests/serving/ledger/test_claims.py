"""A claim is decided and recovered on by who may, with the reason kept."""

import pytest

from serving.errors import ForbiddenError, NotFoundError, RefusedError
from serving.ledger.claims import decide_claim, recover
from serving.ledger.events import ClaimDecision, Recovery
from tests.serving.desk.desks import LI, PLATFORM, on_pool
from tests.serving.limits.living_book import TODAY, claim, happen, shipped_cover


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
