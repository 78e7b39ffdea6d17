"""One decision on one buyer: a pure function of what is known, the policy, the limit in force and the allocation."""

from datetime import date, timedelta

from models.decision.explain import reasons_for
from models.decision.facts import BuyerFacts, Change, CurrentLimit, Decision, Outcome, Proposal
from models.decision.rounding import down_to_tier, is_small_change
from models.decision.rules import examine, most_allowed
from models.decision.rules.turnover import is_assessed
from models.decision.settled import Settled
from models.policy import Policy


def decide(facts: BuyerFacts, policy: Policy, day: date, current: CurrentLimit | None, proposal: Proposal) -> Decision:
    """Decide the limit of a buyer on a day; the same arguments give the same decision, to the last byte.

    Args:
        facts: what is known of the buyer.
        policy: the terms in force on that day.
        day: the first day on which the decision can hold.
        current: the limit in force, None where there is none.
        proposal: what the allocation gives; not asked where the buyer cannot be assessed.
    """
    settled = _settle(facts, policy, current, proposal)
    starts = day + timedelta(days=policy.notice_days if _needs_notice(settled, current) else 0)
    grade = None if facts.pd is None else policy.grade(facts.pd)
    # Without a grade the shortest terms hold: nothing is known that would bear longer ones.
    validity = grade.validity_days if grade else min(each.validity_days for each in policy.grades)
    review = grade.review_days if grade else min(each.review_days for each in policy.grades)
    return Decision(
        buyer_id=facts.buyer_id,
        outcome=_outcome(facts, policy, current, settled),
        change=_change(settled.amount, current),
        amount=settled.amount,
        previous=None if current is None else current.amount,
        grade=grade.name if grade else None,
        pd=facts.pd,
        valid_from=starts,
        valid_to=starts + timedelta(days=validity),
        review_on=day + timedelta(days=review),
        authority=policy.level_for(settled.amount),
        conditions=("review_before_increase",) if settled.conditional else (),
        policy_version=policy.version,
        reasons=reasons_for(
            facts, policy, settled, starts, None if starts == day else current, by_country=proposal.by_country
        ),
    )


def _settle(facts: BuyerFacts, policy: Policy, current: CurrentLimit | None, proposal: Proposal) -> Settled:
    """Bring rules, allocation, rounding and the limit in force to one amount."""
    findings = examine(facts, policy)
    most = most_allowed(findings, policy)
    wanted = proposal.amount if is_assessed(facts) else policy.discretionary_limit
    amount = down_to_tier(min(wanted, most), policy)
    held = down_to_tier(policy.discretionary_limit, policy) if current is None else current.amount
    held = min(held, most)
    conditional = amount > held and any(finding.verdict == "condition" for finding in findings)
    if conditional:
        amount = held
    kept = (
        current is not None
        and amount != current.amount <= most
        and is_small_change(amount, current.amount, policy)
        and not (proposal.firm and amount < current.amount)
    )
    if kept and current is not None:
        amount = current.amount
    return Settled(findings, amount, conditional, kept)


def _needs_notice(settled: Settled, current: CurrentLimit | None) -> bool:
    return current is not None and settled.amount < current.amount and not settled.stopped


def _outcome(facts: BuyerFacts, policy: Policy, current: CurrentLimit | None, settled: Settled) -> Outcome:
    if settled.stopped:
        return "refused" if current is None else "suspended"
    if settled.conditional:
        return "conditional"
    if settled.amount == 0:
        return "refused"
    # What is missing of the need is as small as a change that would not be made.
    is_met = settled.amount >= facts.need or is_small_change(settled.amount, facts.need, policy)
    return "approved" if is_met else "partly_approved"


def _change(amount: int, current: CurrentLimit | None) -> Change:
    if current is None:
        return "new"
    if amount == current.amount:
        return "prolong"
    if amount == 0:
        return "cancel"
    return "increase" if amount > current.amount else "reduce"
