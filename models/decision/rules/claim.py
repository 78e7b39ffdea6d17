"""A claim that is not decided yet stops cover."""

from models.decision.facts import BuyerFacts, Finding
from models.policy import Policy
from models.reasons import Reason


def claim_open(facts: BuyerFacts, policy: Policy) -> Finding | None:  # noqa: ARG001 - every rule takes both
    """Stop cover on a buyer while a claim on it is undecided."""
    if facts.claims_undecided == 0:
        return None
    return Finding(Reason("claim_open", {"claims": str(facts.claims_undecided)}), verdict="stop")
