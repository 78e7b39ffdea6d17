import pytest

from models.decision.rules.thin import new_buyer
from tests.models.decision.buyers import POLICY, buyer, there


@pytest.mark.parametrize("change", [{"orders_365d": POLICY.thin_orders - 1}, {"tenure_days": POLICY.thin_days - 1}])
def test_a_new_buyer_gets_part_of_its_need(change):
    found = there(new_buyer(buyer(need=40_000_00, **change), POLICY))
    assert (found.most, found.verdict, found.reason.code) == (20_000_00, None, "new_buyer")


def test_never_less_than_a_buyer_that_nobody_knows():
    assert there(new_buyer(buyer(need=1_00, tenure_days=0), POLICY)).most == POLICY.discretionary_limit


def test_a_known_buyer_is_not_bounded():
    assert new_buyer(buyer(orders_365d=POLICY.thin_orders, tenure_days=POLICY.thin_days), POLICY) is None
