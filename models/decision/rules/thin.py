"""A buyer with little history gets a part of its need."""

from models.decision.facts import BuyerFacts, Finding
from models.decision.rounding import up_to_tier
from models.policy import BASIS_POINTS, Policy
from models.reasons import Reason


def new_buyer(facts: BuyerFacts, policy: Policy) -> Finding | None:
    """Bound a buyer of few orders, or known for a short time; never below the discretionary limit."""
    if facts.orders_365d >= policy.thin_orders and facts.tenure_days >= policy.thin_days:
        return None
    most = up_to_tier(facts.need * policy.thin_share // BASIS_POINTS, policy)
    told = {"orders": str(facts.orders_365d), "days": str(facts.tenure_days)}
    return Finding(Reason("new_buyer", told), most=max(most, policy.discretionary_limit))
