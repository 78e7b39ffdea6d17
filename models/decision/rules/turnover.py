"""Without trade on credit there is nothing to set a limit by."""

from features.money import USD, Money
from models.decision.facts import BuyerFacts, Finding
from models.policy import Policy
from models.reasons import Reason


def no_turnover(facts: BuyerFacts, policy: Policy) -> Finding | None:
    """Give the discretionary limit at most where no trade within a year, or no model, tells more."""
    if is_assessed(facts):
        return None
    told = {"limit": str(Money(policy.discretionary_limit, USD))}
    return Finding(Reason("no_turnover", told), most=policy.discretionary_limit)


def is_assessed(facts: BuyerFacts) -> bool:
    """Tell whether there is a PD and trade, so that the allocation can weigh the buyer."""
    return facts.pd is not None and facts.orders_365d > 0 and facts.need > 0
