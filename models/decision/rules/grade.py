"""The grade of the PD bounds the share of the need that is covered."""

from features.money import USD, Money
from models.decision.facts import BuyerFacts, Finding
from models.decision.rounding import up_to_tier
from models.decision.rules.turnover import is_assessed
from models.policy import BASIS_POINTS, Policy
from models.reasons import Reason


def graded(facts: BuyerFacts, policy: Policy) -> Finding | None:
    """Refuse a grade without cover; bound any other to its share of the need, never below the discretionary limit.

    Good grades' share leaves room to grow. A limit far above the need would cover next to no more trade on average, and
    is what a bust-out draws on.
    """
    if facts.pd is None:
        return None
    grade = policy.grade(facts.pd)
    if grade.need_share == 0:
        return Finding(Reason("limit_refused", {"grade": grade.name}), verdict="refuse")
    if not is_assessed(facts):
        return None
    most = up_to_tier(facts.need * grade.need_share // BASIS_POINTS, policy)
    told = {
        "grade": grade.name,
        "pd": f"{facts.pd:.2%}",
        "need": str(Money(facts.need, USD)),
        "share": f"{grade.need_share / 100:g} %",
    }
    return Finding(Reason("grade_share", told), most=max(most, policy.discretionary_limit))
