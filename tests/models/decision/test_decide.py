from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decision.decide import decide
from models.decision.facts import BuyerFacts, Driver, Proposal
from tests.models.decision.buyers import DAY, POLICY, buyer, limit

NOTICE = timedelta(days=POLICY.notice_days)
cents = st.integers(0, 10**9)
facts = st.builds(
    BuyerFacts,
    buyer_id=st.just("b1"),
    country=st.just("AE"),
    risk_class=st.none() | st.integers(0, 7),
    pd=st.none() | st.floats(0, 1),
    orders_365d=st.integers(0, 50),
    tenure_days=st.integers(0, 2000),
    open=cents,
    overdue=cents,
    oldest_overdue_days=st.integers(0, 100),
    claims_undecided=st.integers(0, 1),
    new_exporters_7d=st.integers(0, 8),
    new_exporters_30d=st.integers(0, 20),
    jump=st.none() | st.floats(0, 1),
    turnover=cents,
    need=cents,
    drivers=st.just((Driver("days_late_90d", 1.0, None, 0.1),)),
)
currents = st.none() | st.builds(limit, st.sampled_from([0, *POLICY.tiers, 12_345_00]))
proposals = st.builds(Proposal, st.sampled_from([0, *POLICY.tiers]), st.booleans(), st.booleans())


def decided(facts, current=None, proposed=30_000_00, firm=False):
    return decide(facts, POLICY, DAY, current, Proposal(proposed, firm))


def codes(decision):
    return [reason.code for reason in decision.reasons]


@given(facts, currents, proposals)
def test_whatever_comes_the_decision_holds_together(facts, current, proposal):
    found = decide(facts, POLICY, DAY, current, proposal)
    assert 0 <= found.amount <= POLICY.buyer_cap
    assert DAY <= found.valid_from < found.valid_to
    assert DAY < found.review_on <= found.valid_to
    assert (found.amount == 0) >= (found.outcome in {"refused", "suspended"})
    assert bool(found.conditions) == (found.outcome == "conditional")
    assert (found.valid_from > DAY) == (found.change in {"reduce", "cancel"} and found.outcome != "suspended")
    weights = [reason.weight for reason in found.reasons]
    assert weights == sorted(weights, reverse=True)
    assert weights
    assert 0 <= weights[-1] <= weights[0] <= 1
    for reason in found.reasons:
        for language in ("zh", "en"):
            for audience in ("underwriter", "exporter"):
                assert "{" not in reason.text(language, audience)


@given(facts, currents, proposals, st.floats(0, 1))
def test_a_worse_grade_never_gets_more(facts, current, proposal, other):
    pds = sorted([facts.pd or 0.0, other])
    better, worse = (
        decide(buyer_with(facts, pd), POLICY, DAY, None if current is None else current, proposal).amount for pd in pds
    )
    assert worse <= better


def buyer_with(facts, pd):
    return type(facts)(**{name: getattr(facts, name) for name in facts.__slots__} | {"pd": pd})


def test_a_sound_buyer_gets_its_need():
    found = decided(buyer())
    assert (found.amount, found.outcome, found.change, found.grade) == (30_000_00, "approved", "new", "B")
    assert codes(found) == ["need_covered"]
    assert found.authority == "underwriter"
    assert (found.valid_from, found.valid_to - DAY, found.review_on - DAY) == (
        DAY,
        timedelta(days=365),
        timedelta(days=180),
    )


def test_what_the_appetite_withholds_is_told_with_the_features_behind_it():
    found = decided(buyer(), proposed=15_000_00)
    assert found.outcome == "partly_approved"
    assert codes(found) == ["appetite_share", "risk.days_late_90d", "risk.open_usd_cents"]
    assert [reason.weight for reason in found.reasons] == [0.5, 0.375, 0.125]
    assert found.reasons[1].text("en", "underwriter").endswith("(12.50, usually 3)")
    assert found.reasons[2].text("en", "underwriter").endswith("(USD 12,000.00, usually USD 4,000.00)")


def test_a_grade_s_share_is_told_with_the_features_behind_the_grade():
    found = decided(buyer(pd=0.05))
    assert (found.amount, found.outcome) == (15_000_00, "partly_approved")
    assert codes(found) == ["grade_share", "risk.days_late_90d", "risk.open_usd_cents"]
    assert [reason.weight for reason in found.reasons] == [0.5, 0.375, 0.125]


def test_a_country_at_its_ceiling_is_told_as_such():
    found = decide(buyer(), POLICY, DAY, None, Proposal(15_000_00, by_country=True))
    assert codes(found) == ["country_ceiling"]
    assert found.reasons[0].text("en", "underwriter") == "The ceiling of USD 80,000,000.00 for AE is reached"


def test_a_rule_that_leaves_room_to_spare_is_not_told():
    assert codes(decided(buyer(pd=0.05, tenure_days=1, need=12_000_00), proposed=5_000_00))[0] == "appetite_share"


def test_a_need_that_is_all_but_covered_is_approved():
    assert decided(buyer(need=33_000_00)).outcome == "approved"
    assert decided(buyer(need=33_334_00)).outcome == "partly_approved"


@pytest.mark.parametrize(
    ("change", "current", "outcome", "code"),
    [
        ({"overdue": 1, "oldest_overdue_days": 99}, limit(20_000_00), "suspended", "overdue_now"),
        ({"overdue": 1, "oldest_overdue_days": 99}, None, "refused", "overdue_now"),
        ({"claims_undecided": 1}, limit(20_000_00), "suspended", "claim_open"),
        ({"pd": 0.5}, None, "refused", "limit_refused"),
    ],
)
def test_a_verdict_leaves_no_limit_and_a_stop_holds_at_once(change, current, outcome, code):
    found = decided(buyer(**change), current)
    assert (found.amount, found.outcome, found.reasons[0].code, found.valid_from) == (0, outcome, code, DAY)


def test_an_allocation_of_nothing_is_a_refusal_that_says_so():
    found = decided(buyer(), proposed=0)
    assert (found.outcome, codes(found)[0]) == ("refused", "appetite_none")


def test_a_reduction_comes_with_notice_and_a_rise_at_once():
    less, more = decided(buyer(), limit(50_000_00)), decided(buyer(), limit(20_000_00))
    assert (less.change, less.amount, less.valid_from) == ("reduce", 30_000_00, DAY + NOTICE)
    assert codes(less) == ["need_covered", "notice_given"]
    assert less.reasons[-1].text("en", "underwriter").endswith("until then USD 50,000.00 stands")
    assert (more.change, more.valid_from) == ("increase", DAY)


def test_a_grade_without_cover_ends_a_limit_with_notice():
    found = decided(buyer(pd=0.5), limit(20_000_00))
    assert (found.change, found.outcome, found.valid_from) == ("cancel", "refused", DAY + NOTICE)


@pytest.mark.parametrize("standing", [31_000_00, 29_000_00])
def test_a_change_under_a_tenth_is_not_made(standing):
    found = decided(buyer(), limit(standing))
    assert (found.amount, found.change) == (standing, "prolong")
    assert "limit_kept" in codes(found)


def test_where_a_ceiling_binds_even_a_small_cut_is_made_but_no_small_rise():
    assert decided(buyer(), limit(31_000_00), firm=True).amount == 30_000_00
    assert decided(buyer(), limit(29_000_00), firm=True).amount == 29_000_00


def test_a_limit_beyond_what_the_rules_leave_is_not_kept():
    over = POLICY.buyer_cap + 1_000_00
    assert decided(buyer(need=10**8), limit(over), proposed=POLICY.buyer_cap).amount == POLICY.buyer_cap


def test_signs_of_a_bust_out_hold_a_rise_back_for_a_person():
    signs = buyer(new_exporters_7d=9)
    found = decided(signs, limit(10_000_00))
    assert (found.outcome, found.amount, found.conditions) == (
        "conditional",
        10_000_00,
        ("review_before_increase",),
    )
    assert found.reasons[0].code == "many_new_exporters"
    assert decided(signs).amount == POLICY.discretionary_limit
    assert decided(signs, limit(50_000_00)).outcome == "approved"


def test_a_buyer_that_nobody_can_assess_gets_the_discretionary_limit():
    found = decided(buyer(pd=None, need=0, orders_365d=0), proposed=0)
    assert (found.amount, found.outcome, found.grade) == (POLICY.discretionary_limit, "approved", None)
    assert set(codes(found)) == {"no_turnover", "new_buyer"}


def test_a_dormant_buyer_of_a_middling_grade_is_not_worse_off_than_an_unknown_one():
    found = decided(buyer(pd=0.05, need=0, orders_365d=0), proposed=0)
    assert (found.amount, found.outcome) == (POLICY.discretionary_limit, "approved")
