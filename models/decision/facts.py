"""What a decision on one buyer is made of, and what it comes to."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from models.reasons import Reason
from models.terms import Level

# Words of UN/EDIFACT code lists 4507 and 4505, as far as they have them.
Outcome = Literal["approved", "partly_approved", "conditional", "refused", "suspended"]
Change = Literal["new", "increase", "reduce", "cancel", "prolong"]


@dataclass(frozen=True, slots=True)
class Driver:
    """A feature that speaks against the buyer.

    Attributes:
        feature: its name in the catalogue.
        value: the buyer's own, None where not known.
        usual: the book's median, None where not known.
        weight: what it adds to the log-odds of default.
    """

    feature: str
    value: float | None
    usual: float | None
    weight: float


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    """All that is known of a buyer on the day of the decision; amounts in US cents.

    Attributes:
        risk_class: OECD class of the country, None where unclassified.
        pd: probability of default over the horizon, None where no model could tell.
        orders_365d: orders within a year.
        tenure_days: days since the first order.
        open: amount outstanding on all orders.
        overdue: amount outstanding past its due date.
        oldest_overdue_days: days past due of the oldest such order, 0 where there is none.
        claims_undecided: claims filed and not decided.
        new_exporters_7d, new_exporters_30d: exporters met within so many days.
        jump: the largest order of 90 days within the sum of itself and the largest order ever settled.
        turnover: expected orders within the horizon.
        need: how much cover will be asked for at once.
        drivers: features that raise the PD most, by weight.
    """

    buyer_id: str
    country: str
    risk_class: int | None
    pd: float | None
    orders_365d: int
    tenure_days: int
    open: int
    overdue: int
    oldest_overdue_days: int
    claims_undecided: int
    new_exporters_7d: int
    new_exporters_30d: int
    jump: float | None
    turnover: int
    need: int
    drivers: tuple[Driver, ...] = ()


@dataclass(frozen=True, slots=True)
class CurrentLimit:
    """The limit in force on the day of the decision, US cents."""

    amount: int
    valid_to: date


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the allocation gives a buyer.

    Attributes:
        amount: a tier, US cents.
        firm: a ceiling has no room to spare, so that even a small reduction is made.
        by_country: the ceiling of the buyer's country binds, so that it holds the amount down and not the appetite.
    """

    amount: int
    firm: bool = False
    by_country: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: a reason, and what it allows.

    Attributes:
        most: no limit above this many US cents; None where the rule sets no bound.
        verdict: `stop` ends cover at once, `refuse` gives none, `condition` needs a person before a rise.
    """

    reason: Reason
    most: int | None = None
    verdict: Literal["stop", "refuse", "condition"] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decided limit of `amount` US cents from `valid_from` up to, not including, `valid_to`.

    A decision never reaches back: cover that was given before `valid_from` stands.

    Attributes:
        change: what it is against the limit in force.
        previous: amount of the limit in force, None where there was none; with notice it stands until `valid_from`.
        review_on: day by which the limit is looked at again.
        authority: the lowest level that may decide this amount.
        conditions: codes of what has to be met first (`conditional` only).
        reasons: by weight, the weightiest first.
    """

    buyer_id: str
    outcome: Outcome
    change: Change
    amount: int
    previous: int | None
    grade: str | None
    pd: float | None
    valid_from: date
    valid_to: date
    review_on: date
    authority: Level
    conditions: tuple[str, ...]
    policy_version: str
    reasons: tuple[Reason, ...]
