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


def reasons_for(
    facts: BuyerFacts, policy: Policy, settled: Settled, starts: date, standing: CurrentLimit | None
) -> tuple[Reason, ...]:
    """Give all reasons, the weightiest first.

    Args:
        facts: what is known of the buyer.
        policy: the terms.
        settled: the amount and the rules' findings.
        starts: the first day of the decided limit.
        standing: the limit that stands until then, None where the decision holds at once.
    """
    weighed = [replace(finding.reason, weight=_withheld(finding, facts)) for finding in settled.findings]
    weighed += _allotted(facts, policy, settled)
    if settled.kept:
        weighed.append(Reason("limit_kept", {"least": f"{policy.least_change / 100:g} %"}))
    if standing is not None:
        told = {"day": starts.isoformat(), "previous": str(Money(standing.amount, USD))}
        weighed.append(Reason("notice_given", told))
    if not weighed:
        weighed.append(Reason("need_covered", {"need": str(Money(facts.need, USD))}))
    return tuple(sorted(weighed, key=lambda reason: -reason.weight))


def _withheld(finding: Finding, facts: BuyerFacts) -> float:
    """Tell which share of the need a rule withholds; a verdict withholds all of it."""
    if finding.verdict is not None:
        return 1.0
    if finding.most is None or facts.need == 0:
        return 0.0
    return round(max(facts.need - finding.most, 0) / facts.need, 4)


def _allotted(facts: BuyerFacts, policy: Policy, settled: Settled) -> list[Reason]:
    """Tell what the allocation withheld beyond the rules, and which features of the buyer made it do so."""
    room = min(facts.need, most_allowed(settled.findings, policy))
    if not is_assessed(facts) or settled.conditional or settled.amount >= room:
        return _drivers(facts, 1.0) if any(each.verdict == "refuse" for each in settled.findings) else []
    withheld = round((room - settled.amount) / facts.need, 4)
    if settled.amount == 0:
        return [Reason("appetite_none", {}, withheld), *_drivers(facts, withheld)]
    told = {"need": str(Money(facts.need, USD)), "share": f"{settled.amount * BASIS_POINTS // facts.need / 100:.0f} %"}
    return [Reason("appetite_share", told, withheld), *_drivers(facts, withheld)]


def _drivers(facts: BuyerFacts, withheld: float) -> list[Reason]:
    """Split what is withheld over the features that raise the PD, by their log-odds."""
    total = sum(driver.weight for driver in facts.drivers)
    return [
        risk_reason(each.feature, each.value, each.usual, round(withheld * each.weight / total, 4))
        for each in facts.drivers
    ]
