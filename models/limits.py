"""From a buyer's risk and trade to a credit limit with reasons: one pure function for service and backtest."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from features.money import USD, Money
from models.policy import BASIS_POINTS, Grade, Policy
from models.reasons import Reason

# Words of UN/EDIFACT code list 4507.
Outcome = Literal["approved", "partly_approved", "refused"]


@dataclass(frozen=True, slots=True)
class BuyerRisk:
    """What is known of a buyer on the day of the decision; amounts in US cents.

    Attributes:
        pd: probability of default over the horizon, or None where no model could tell.
        ordered_365d: ordered on credit within the last 365 days.
        largest_open: the most that was owed at one time within the last 365 days.
        overdue: owed beyond the waiting period now.
    """

    buyer_id: str
    pd: float | None
    ordered_365d: int
    largest_open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A decided limit: `amount` US cents from `valid_from` up to, not including, `valid_to`."""

    buyer_id: str
    outcome: Outcome
    amount: int
    grade: str | None
    pd: float | None
    valid_from: date
    valid_to: date
    policy_version: str
    reasons: tuple[Reason, ...]


def need(buyer: BuyerRisk) -> int:
    """Estimate how much cover a buyer will ask for at once, in US cents.

    The larger of twice the average month's orders (the rule of thumb of trade credit) and the most that was open.
    """
    return max(2 * buyer.ordered_365d // 12, buyer.largest_open)


def decide_limit(buyer: BuyerRisk, policy: Policy, day: date) -> Limit:
    """Decide the limit that holds from `day`.

    A buyer with money overdue beyond the waiting period, or of a grade without cover, is refused; one without trade
    on credit within a year gets the discretionary limit; any other gets its grade's share of its need, within the cap.
    """
    if buyer.overdue > 0:
        return _limit(buyer, policy, day, None, 0, (Reason("overdue_now", {"overdue": _usd(buyer.overdue)}),))
    if buyer.pd is None or need(buyer) == 0:
        known = Reason("no_turnover", {"limit": _usd(policy.discretionary_limit)})
        return _limit(buyer, policy, day, None, policy.discretionary_limit, (known,))
    grade = policy.grade(buyer.pd)
    if grade.need_share == 0:
        return _limit(buyer, policy, day, grade, 0, (Reason("limit_refused", {"grade": grade.name}),))
    return _graded(buyer, policy, day, grade, buyer.pd)


def _graded(buyer: BuyerRisk, policy: Policy, day: date, grade: Grade, pd: float) -> Limit:
    share = need(buyer) * grade.need_share // BASIS_POINTS
    amount = max(_round_up(min(share, policy.buyer_cap), policy.limit_step), policy.discretionary_limit)
    facts = {
        "grade": grade.name,
        "pd": f"{pd:.2%}",
        "need": _usd(need(buyer)),
        "share": f"{grade.need_share / 100:g} %",
    }
    reasons = [Reason("grade_share", facts)]
    if share > policy.buyer_cap:
        amount = policy.buyer_cap
        reasons.append(Reason("cap_reached", {"cap": str(policy.cap)}))
    return _limit(buyer, policy, day, grade, min(amount, policy.buyer_cap), tuple(reasons))


def _limit(
    buyer: BuyerRisk, policy: Policy, day: date, grade: Grade | None, amount: int, reasons: tuple[Reason, ...]
) -> Limit:
    outcome: Outcome = "refused" if amount == 0 else "approved" if amount >= need(buyer) else "partly_approved"
    # Without a grade the shortest validity holds: nothing is known that would bear a longer one.
    days = grade.validity_days if grade else min(each.validity_days for each in policy.grades)
    return Limit(
        buyer_id=buyer.buyer_id,
        outcome=outcome,
        amount=amount,
        grade=grade.name if grade else None,
        pd=buyer.pd,
        valid_from=day,
        valid_to=day + timedelta(days=days),
        policy_version=policy.version,
        reasons=reasons,
    )


def _round_up(cents: int, step: int) -> int:
    """Round up to a whole step, so that rounding costs no merchant an order."""
    return -(-cents // step) * step


def _usd(cents: int) -> str:
    return str(Money(cents, USD))
