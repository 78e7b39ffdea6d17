from models.decision.rules.claim import claim_open
from tests.models.decision.buyers import POLICY, buyer, there


def test_an_undecided_claim_stops_cover():
    found = there(claim_open(buyer(claims_undecided=2), POLICY))
    assert (found.verdict, found.reason.code, found.reason.facts) == ("stop", "claim_open", {"claims": "2"})


def test_without_one_there_is_nothing_to_find():
    assert claim_open(buyer(claims_undecided=0), POLICY) is None
