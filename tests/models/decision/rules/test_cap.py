from models.decision.rules.cap import buyer_cap
from tests.models.decision.buyers import POLICY, buyer, there


def test_a_need_beyond_the_cap_is_held_there():
    found = there(buyer_cap(buyer(need=POLICY.buyer_cap + 1), POLICY))
    assert (found.most, found.reason.code, found.reason.facts) == (
        POLICY.buyer_cap,
        "cap_reached",
        {"cap": str(POLICY.cap)},
    )


def test_a_need_within_it_is_not():
    assert buyer_cap(buyer(need=POLICY.buyer_cap), POLICY) is None
