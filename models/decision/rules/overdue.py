"""Money overdue beyond the waiting period stops cover."""

from features.money import USD, Money
from models.decision.facts import BuyerFacts, Finding
from models.policy import Policy
from models.reasons import Reason


def overdue_now(facts: BuyerFacts, policy: Policy) -> Finding | None:
    """Stop cover on a buyer that owes beyond the waiting period."""
    if facts.overdue <= 0 or facts.oldest_overdue_days <= policy.waiting_period_days:
        return None
    return Finding(Reason("overdue_now", {"overdue": str(Money(facts.overdue, USD))}), verdict="stop")
