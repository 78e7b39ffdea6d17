"""The rules: each looks at one buyer under one policy and finds something, or nothing.

Their order is that in which their reasons are told when weights are equal; none knows of another.
"""

from collections.abc import Callable

from models.decision.facts import BuyerFacts, Finding
from models.decision.rules.bustout import bust_out_signs
from models.decision.rules.cap import buyer_cap
from models.decision.rules.claim import claim_open
from models.decision.rules.grade import graded
from models.decision.rules.overdue import overdue_now
from models.decision.rules.thin import new_buyer
from models.decision.rules.turnover import no_turnover
from models.policy import Policy

Rule = Callable[[BuyerFacts, Policy], Finding | None]

RULES: tuple[Rule, ...] = (overdue_now, claim_open, graded, bust_out_signs, no_turnover, new_buyer, buyer_cap)


def examine(facts: BuyerFacts, policy: Policy) -> tuple[Finding, ...]:
    """Gather what the rules find."""
    found = (rule(facts, policy) for rule in RULES)
    return tuple(finding for finding in found if finding is not None)


def most_allowed(findings: tuple[Finding, ...], policy: Policy) -> int:
    """Tell the largest limit (US cents) that the findings leave."""
    if any(finding.verdict in {"stop", "refuse"} for finding in findings):
        return 0
    bounds = [finding.most for finding in findings if finding.most is not None]
    return min([policy.buyer_cap, *bounds])
