from models.decision.rules import RULES, examine, most_allowed
from tests.models.decision.buyers import POLICY, buyer


def test_a_sound_buyer_is_bound_by_its_grade_only_and_nobody_may_have_more_than_the_cap():
    assert [found.reason.code for found in examine(buyer(), POLICY)] == ["grade_share"]
    assert most_allowed(examine(buyer(), POLICY), POLICY) >= buyer().need
    assert most_allowed((), POLICY) == POLICY.buyer_cap


def test_the_tightest_bound_holds_and_a_verdict_leaves_nothing():
    tight = examine(buyer(tenure_days=1, need=40_000_00, pd=0.11), POLICY)
    assert most_allowed(tight, POLICY) == 10_000_00
    assert most_allowed(examine(buyer(claims_undecided=1), POLICY), POLICY) == 0
    assert most_allowed(examine(buyer(pd=0.9), POLICY), POLICY) == 0


def test_every_rule_is_listed_once():
    assert len(set(RULES)) == len(RULES) == 7
