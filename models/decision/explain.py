"""Why a decision is as it is: reasons by what each withholds of the need."""

from dataclasses import replace
from datetime import date

from features.money import USD, Money
from models.decision.facts import BuyerFacts, CurrentLimit, Finding
from models.decision.rules import most_allowed
from models.decision.rules.turnover import is_assessed
from models.decision.settled import Settled
from models.policy import BASIS_POINTS, Policy
from models.reasons import Reason, risk_reason

# Reasons that the PD is behind: the features that raise it are told beside them.
_BY_PD = frozenset({"limit_refused", "grade_share", "appetite_share", "appetite_none"})


def reasons_for(
    facts: BuyerFacts,
    policy: Policy,
    settled: Settled,
    starts: date,
    standing: CurrentLimit | None,
    *,
    by_country: bool,
) -> tuple[Reason, ...]:
    """Give all reasons, the weightiest first; a rule that left room to spare is none.

    Args:
        facts: what is known of the buyer.
        policy: the terms.
        settled: the amount and the rules' findings.
        starts: the first day of the decided limit.
        standing: the limit that stands until then, None where the decision holds at once.
        by_country: the country's ceiling holds the amount down, not the appetite.
    """
    weighed = [
        replace(each.reason, weight=_withheld(each, facts))
        for each in settled.findings
        if _is_told(each, facts, settled.amount)
    ]
    weighed += _allotted(facts, policy, settled, by_country)
    weighed += _drivers(facts, max((each.weight for each in weighed if each.code in _BY_PD), default=0.0))
    if settled.kept:
        weighed.append(Reason("limit_kept", {"least": f"{policy.least_change / 100:g} %"}))
    if standing is not None:
        told = {"day": starts.isoformat(), "previous": str(Money(standing.amount, USD))}
        weighed.append(Reason("notice_given", told))
    if settled.amount > 0 and facts.need > 0 and not any(each.weight for each in weighed):
        weighed.insert(0, Reason("need_covered", {"need": str(Money(facts.need, USD))}))
    return tuple(sorted(weighed, key=lambda reason: -reason.weight))


def _is_told(finding: Finding, facts: BuyerFacts, amount: int) -> bool:
    """A verdict is told, and a bound that the amount has reached where the need lies beyond it or is not known."""
    if finding.verdict is not None:
        return True
    return finding.most == amount and (facts.need == 0 or finding.most < facts.need)


def _withheld(finding: Finding, facts: BuyerFacts) -> float:
    """Tell which share of the need a rule withholds; a verdict withholds all of it."""
    if finding.verdict is not None:
        return 1.0
    if finding.most is None or facts.need == 0:
        return 0.0
    return round(max(facts.need - finding.most, 0) / facts.need, 4)


def _allotted(facts: BuyerFacts, policy: Policy, settled: Settled, by_country: bool) -> list[Reason]:
    """Tell what the allocation withheld beyond the rules."""
    room = min(facts.need, most_allowed(settled.findings, policy))
    if not is_assessed(facts) or settled.conditional or settled.amount >= room:
        return []
    withheld = round((room - settled.amount) / facts.need, 4)
    if by_country:
        ceiling = Money(policy.ceilings.of_class(facts.risk_class), USD)
        return [Reason("country_ceiling", {"country": facts.country, "ceiling": str(ceiling)}, withheld)]
    if settled.amount == 0:
        return [Reason("appetite_none", {}, withheld)]
    told = {"need": str(Money(facts.need, USD)), "share": f"{settled.amount * BASIS_POINTS // facts.need / 100:.0f} %"}
    return [Reason("appetite_share", told, withheld)]


def _drivers(facts: BuyerFacts, withheld: float) -> list[Reason]:
    """Split what is withheld because of the PD over the features that raise it, by their log-odds."""
    if withheld == 0:
        return []
    total = sum(driver.weight for driver in facts.drivers)
    return [
        risk_reason(each.feature, each.value, each.usual, round(withheld * each.weight / total, 4))
        for each in facts.drivers
    ]
