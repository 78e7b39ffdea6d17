"""Signs of a bust-out: many exporters met at once, or an order far beyond what was ever paid."""

from models.decision.facts import BuyerFacts, Finding
from models.policy import Policy
from models.reasons import Reason


def bust_out_signs(facts: BuyerFacts, policy: Policy) -> Finding | None:
    """Let a person look before the limit of a buyer with such signs rises."""
    sign = _many_exporters(facts, policy) or _jump(facts, policy)
    return None if sign is None else Finding(sign, verdict="condition")


def _many_exporters(facts: BuyerFacts, policy: Policy) -> Reason | None:
    window = policy.referral.window_days
    # Windows of the features differ from the policy's: what is met in a shorter one counts, a longer one is scaled.
    met = facts.new_exporters_7d if window >= 7 else 0
    met = max(met, facts.new_exporters_30d * window // 30)
    if met < policy.referral.new_exporters:
        return None
    return Reason("many_new_exporters", {"window": str(window), "count": str(met)})


def _jump(facts: BuyerFacts, policy: Policy) -> Reason | None:
    referral = policy.referral
    if facts.jump is None or facts.jump >= 1 or facts.open < referral.jump_floor:
        return None
    times = facts.jump / (1 - facts.jump)
    return Reason("jump_against_paid", {"times": f"{times:.1f}"}) if times > referral.jump_over_paid else None
