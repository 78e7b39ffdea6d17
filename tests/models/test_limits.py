from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.limits import BuyerRisk, decide_limit, need
from models.policy import policies

DAY = date(2026, 3, 31)
POLICY = policies().at(DAY)
BUYER = BuyerRisk("b1", pd=0.01, ordered_365d=120_000_00, largest_open=0, overdue=0)

buyers = st.builds(
    BuyerRisk,
    st.just("b1"),
    st.none() | st.floats(0, 1),
    st.integers(0, 10**12),
    st.integers(0, 10**12),
    st.sampled_from([0, 0, 0, 1]),
)


def codes(limit):
    return [reason.code for reason in limit.reasons]


@given(buyers)
def test_no_limit_passes_the_cap_and_each_has_a_reason(buyer):
    limit = decide_limit(buyer, POLICY, DAY)
    assert 0 <= limit.amount <= POLICY.buyer_cap
    assert limit.amount % POLICY.limit_step == 0
    assert limit.reasons
    assert limit.valid_from == DAY < limit.valid_to
    for reason in limit.reasons:
        for language in ("zh", "en"):
            assert reason.text(language, "underwriter")


@given(buyers, st.floats(0, 1))
def test_more_risk_never_gives_more(buyer, other):
    pds = sorted([buyer.pd or 0.0, other])
    better, worse = (decide_limit(replace(buyer, pd=pd), POLICY, DAY) for pd in pds)
    assert worse.amount <= better.amount


def test_a_good_buyer_gets_twice_its_average_month():
    assert need(BUYER) == 20_000_00
    limit = decide_limit(BUYER, POLICY, DAY)
    assert (limit.amount, limit.outcome, limit.grade, codes(limit)) == (20_000_00, "approved", "B", ["grade_share"])


def test_what_was_open_at_once_counts_where_it_is_more():
    assert need(replace(BUYER, largest_open=30_000_00)) == 30_000_00


def test_the_cap_holds_and_is_told():
    limit = decide_limit(replace(BUYER, largest_open=10**9), POLICY, DAY)
    assert (limit.amount, limit.outcome) == (POLICY.buyer_cap, "partly_approved")
    assert codes(limit) == ["grade_share", "cap_reached"]


@pytest.mark.parametrize(
    ("change", "outcome", "code", "amount"),
    [
        ({"pd": 0.5}, "refused", "limit_refused", 0),
        ({"overdue": 1}, "refused", "overdue_now", 0),
        ({"pd": None}, "partly_approved", "no_turnover", POLICY.discretionary_limit),
        ({"ordered_365d": 0}, "approved", "no_turnover", POLICY.discretionary_limit),
    ],
)
def test_each_rule_speaks(change, outcome, code, amount):
    limit = decide_limit(replace(BUYER, **change), POLICY, DAY)
    assert (limit.outcome, codes(limit), limit.amount) == (outcome, [code], amount)
