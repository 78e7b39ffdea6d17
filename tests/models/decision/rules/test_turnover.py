import pytest

from models.decision.rules.turnover import is_assessed, no_turnover
from tests.models.decision.buyers import POLICY, buyer, there


@pytest.mark.parametrize("change", [{"pd": None}, {"orders_365d": 0}, {"need": 0}])
def test_without_trade_or_model_the_discretionary_limit_is_the_most(change):
    found = there(no_turnover(buyer(**change), POLICY))
    assert (found.most, found.reason.code) == (POLICY.discretionary_limit, "no_turnover")
    assert not is_assessed(buyer(**change))


def test_a_trading_buyer_is_assessed():
    assert is_assessed(buyer())
    assert no_turnover(buyer(), POLICY) is None
