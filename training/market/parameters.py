"""The market's parameters: the schema of `default.yaml`, which documents each figure."""

from pathlib import Path
from typing import Annotated, TypeVar

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from features.yaml_file import Strict, read_yaml
from training.market.streams import Floats

DEFAULT = Path(__file__).with_name("default.yaml")
LEFT = "left"
# No order is open for longer than so many months: the reach of the truth's tables.
OPEN_MONTHS = 7
LONGEST_OPEN_DAYS = OPEN_MONTHS * 28

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]
Beta = tuple[Positive, Positive]

N = TypeVar("N", int, float)
K = TypeVar("K")
_ROUNDING = 1e-9


def _rising(bounds: tuple[N, N]) -> tuple[N, N]:
    if bounds[0] > bounds[1]:
        raise ValueError("must not fall")
    return bounds


def _whole(shares: dict[K, float]) -> dict[K, float]:
    if abs(sum(shares.values()) - 1) > _ROUNDING:
        raise ValueError("shares must sum to 1")
    return shares


Between = Annotated[tuple[float, float], AfterValidator(_rising)]
DayRange = Annotated[tuple[int, int], AfterValidator(_rising)]
Names = Annotated[dict[Count, Share], AfterValidator(_whole)]


class Exporters(Strict):
    """The insured merchants: how many, how good, how tidy."""

    buyers_per_exporter: Positive
    fewest: Count
    size_sigma: Positive
    years_before_start: Positive
    disputes: Share
    late_disputes: Share
    quality_sigma: Positive
    late_dispute_days: DayRange
    paperwork: Beta
    diligence: Beta
    enrolled: Share
    enrolment_years: Positive
    whitelisted: Share
    whitelist_after_days: Count


class Owners(Strict):
    """The people behind the buyers."""

    names: Names
    same_country: Share
    frailty: Annotated[dict[Positive, Share], AfterValidator(_whole)]
    slow_frailty: float
    size_protection: Annotated[float, Field(ge=0)]
    start: Annotated[dict[str, Share], AfterValidator(_whole)]


class Bustouts(Strict):
    """Owners who plan to vanish."""

    owners: Share
    names: Names
    orders_a_year: Positive


class OrdersAYear(Strict):
    """Log-normal number of orders a year, with a ceiling."""

    median: Positive
    sigma: Positive
    most: Positive


class AmountUsd(Strict):
    """Log-normal order amounts in US dollars: spread between buyers and within one, floor and ceiling."""

    median: Positive
    between: Positive
    within: Positive
    least: Positive
    most: Positive


class Habit(Strict):
    """How late a buyer pays when all is well."""

    days_late: float
    share: Share


class Terms(Strict):
    """A kind of payment terms: days from order to due date, with their shares."""

    share: Share
    days: Names


class Buyers(Strict):
    """The debtors: sizes, habits, terms, currencies, names."""

    present_at_start: Share
    orders_a_year: OrdersAYear
    amount_usd: AmountUsd
    growth_a_month: Annotated[float, Field(ge=0, le=0.05)]
    lumpiness: Positive
    steadiness: Share
    habits: dict[str, Habit]
    registered: tuple[Share, ...]
    terms: dict[str, Terms]
    currencies: Annotated[dict[str, Share], AfterValidator(_whole)]
    new_names_a_year: Annotated[float, Field(ge=0)]


class State(Strict):
    """What a state of health does to orders, payments and the hazard of ceasing to pay."""

    orders: Positive
    amount: Positive
    days_late: float
    lapse: Share
    hazard: Share
    instalments: Share
    novelty: Share
    next: dict[str, Share]
    planned: bool = False


class Payments(Strict):
    """How orders are paid, and what is paid after a default."""

    lateness_shape: Positive
    earliest: Annotated[int, Field(le=0, ge=-14)]
    lapse_days: DayRange
    part_paid: Share
    part: Between
    returns: Share
    pays_on_return: Share
    return_days: DayRange
    collected: Share
    collected_part: Between
    collected_days: DayRange
    dispute_part: Between
    dispute_settled: Share
    dispute_days: DayRange


class DecisionDays(Strict):
    """Days from filing to decision, by whether the documents are complete."""

    complete: DayRange
    incomplete: DayRange


class Recording(Strict):
    """How late the platform learns."""

    shipping_days: DayRange
    entered_at_order: Share
    payment_mean: Positive
    notice_after: DayRange
    second_notice: Share
    claim_lag_mean: Positive
    claim_entry: DayRange
    decision_days: DecisionDays
    recovery_entry: DayRange


class Accepted(Strict):
    """Share of claims accepted, by documents and dispute."""

    complete: Share
    incomplete: Share
    disputed: Share


class Programme(Strict):
    """How merchants live with the programme's limits and claims."""

    asked_share: Annotated[float, Field(gt=0, le=1)]
    advance_share: Share
    own_risk: Between
    stop_days: Count
    claim_size_usd: Positive
    claim_steepness: Positive
    accepted: Accepted


class Shock(Strict):
    """A country's crisis: monthly chance to start and end, and what it does to hazard and to decline."""

    start: Share
    start_per_class: Share
    end: Share
    hazard: Positive
    decline: Positive


class Festival(Strict):
    """The weeks before Spring Festival."""

    days: Count
    hazard: Annotated[float, Field(ge=0)]
    orders: Share


class Country(Strict):
    """One country: share of buyers, OECD class, how slowly it pays, its currency, the tongue of its names."""

    share: Positive
    risk_class: Annotated[int, Field(ge=0, le=7)] | None = Field(alias="class")
    slow: float
    currency: str
    tongue: str


class Countries(Strict):
    """All countries and what befalls them."""

    hazard_per_class: float
    shock: Shock
    festival: Festival
    reclassified_after_days: DayRange
    list: dict[Annotated[str, Field(pattern="^[A-Z]{2}$")], Country]


class Category(Strict):
    """Goods: share of exporters, month of the peak, its height over the mean."""

    share: Positive
    peak: Annotated[int, Field(ge=1, le=12)]
    height: Share


class Parameters(Strict):
    """All parameters of a market."""

    buyers_per_programme: Count
    # Up to 120 days lie within four months, the time that a returning owner stays away: the truth relies on it.
    horizon_days: Annotated[int, Field(ge=1, le=120)]
    overdue_days: Annotated[int, Field(ge=30, le=120)]
    exporters: Exporters
    owners: Owners
    bustouts: Bustouts
    buyers: Buyers
    states: dict[str, State]
    payments: Payments
    recording: Recording
    programme: Programme
    countries: Countries
    categories: dict[str, Category]

    @model_validator(mode="after")
    def _fits_together(self) -> "Parameters":
        known = {*self.states, LEFT}
        for name, state in self.states.items():
            if unknown := set(state.next) - known:
                raise ValueError(f"states.{name}.next names unknown states {', '.join(sorted(unknown))}")
            if sum(state.next.values()) > 1:
                raise ValueError(f"states.{name}.next sums to more than 1")
        if missing := ({"new", "recovering", "building", "striking", *self.owners.start} - known):
            raise ValueError(f"states lack {', '.join(sorted(missing))}")
        if len(self.buyers.registered) != len(self.owners.frailty):
            raise ValueError("buyers.registered needs one share for each frailty")
        if list(self.owners.frailty) != sorted(self.owners.frailty):
            raise ValueError("owners.frailty must rise")
        terms = [days for kind in self.buyers.terms.values() for days in kind.days]
        if max(terms) + self.overdue_days > LONGEST_OPEN_DAYS:
            raise ValueError(f"the longest terms and overdue_days pass {LONGEST_OPEN_DAYS} days together")
        if min(terms) + self.payments.earliest < 1:
            raise ValueError("payments.earliest reaches before the order under the shortest terms")
        return self

    def by_state(self, trait: str) -> Floats:
        """List one number of each state, in order."""
        return np.array([getattr(state, trait) for state in self.states.values()], dtype=np.float64)


def load(file: Path = DEFAULT) -> Parameters:
    """Read a parameter file.

    Raises:
        ConfigError: the file cannot be read, or a key is missing, unknown or out of its bounds.
    """
    return read_yaml(file, Parameters, "market parameters")
