from hypothesis import given
from hypothesis import strategies as st

from models.decision.rounding import down_to_tier, is_small_change, up_to_tier
from tests.models.decision.buyers import POLICY

amounts = st.integers(0, 2 * POLICY.buyer_cap)


@given(amounts)
def test_tiers_enclose_an_amount(cents):
    down, up = down_to_tier(cents, POLICY), up_to_tier(cents, POLICY)
    assert {down, up} <= {0, *POLICY.tiers}
    assert down <= cents
    assert min(cents, POLICY.buyer_cap) <= up
    assert (down == up) == (cents == 0 or cents in POLICY.tiers or cents > POLICY.buyer_cap)


def test_a_change_under_a_tenth_is_small_and_to_or_from_nothing_never_is():
    assert is_small_change(109_99, 100_00, POLICY)
    assert is_small_change(90_01, 100_00, POLICY)
    assert not is_small_change(110_00, 100_00, POLICY)
    assert not is_small_change(90_00, 100_00, POLICY)
    assert not is_small_change(0, 1, POLICY)
    assert not is_small_change(1, 0, POLICY)
