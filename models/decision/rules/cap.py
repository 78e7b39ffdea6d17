"""The programme's cap per buyer."""

from models.decision.facts import BuyerFacts, Finding
from models.policy import Policy
from models.reasons import Reason


def buyer_cap(facts: BuyerFacts, policy: Policy) -> Finding | None:
    """Hold a buyer that needs more at the cap."""
    if facts.need <= policy.buyer_cap:
        return None
    return Finding(Reason("cap_reached", {"cap": str(policy.cap)}), most=policy.buyer_cap)
