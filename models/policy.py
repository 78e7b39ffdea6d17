"""The programme's terms, in force by day: `policy_at(day)` answers which version held on a day.

Every file under `models/policies/` is one version. Facts that the programme's report does not give are
listed in the file under `assumptions`, so that nobody mistakes them for the programme's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from features.errors import ConfigError
from features.money import USD, Money
from features.yaml_file import Strict, read_yaml

FOLDER = Path(__file__).parent / "policies"
BASIS_POINTS = 10_000

Standing = Literal["standard", "whitelisted"]


def _usd_cents(value: object) -> object:
    """Read whole dollars, as policy files state them, into cents."""
    return value * 100 if type(value) is int else value


UsdCents = Annotated[int, Field(gt=0, strict=True), BeforeValidator(_usd_cents)]
BasisPoints = Annotated[int, Field(strict=True, ge=0, le=BASIS_POINTS)]
Days = Annotated[int, Field(ge=0, le=3650)]


class CompensationRates(Strict):
    """Share of a loss that the programme pays, in basis points, by the exporter's standing."""

    standard: BasisPoints
    whitelisted: BasisPoints


class Grade(Strict):
    """One grade of buyer risk: PD up to `max_pd` over the horizon, and what such a buyer may have.

    Attributes:
        name: the grade's name, best first.
        max_pd: largest probability of default of the grade, as a share.
        need_share: share of the buyer's need that a limit of this grade covers, in basis points; 0 refuses.
        validity_days: days until a limit of this grade has to be set anew.
    """

    name: str
    max_pd: Annotated[float, Field(gt=0, le=1)]
    need_share: BasisPoints
    validity_days: Annotated[int, Field(gt=0, le=730)]


class Ceilings(Strict):
    """The most that may be outstanding at once beyond one buyer: amounts in US dollars in the file, cents here.

    Attributes:
        exporter: covered exposure of one exporter over all its buyers.
        country: covered exposure on one country by OECD risk class; `unclassified` for none.
        programme_year: amount covered within one calendar year (UTC).
    """

    exporter: UsdCents
    country: dict[str, UsdCents]
    programme_year: UsdCents

    @model_validator(mode="after")
    def _every_class(self) -> "Ceilings":
        wanted = {str(number) for number in range(8)} | {"unclassified"}
        if set(self.country) != wanted:
            raise ValueError(f"country needs exactly the classes {', '.join(sorted(wanted))}")
        return self


class Referral(Strict):
    """Signs at order time that send an order to a person (bust-out, see the domain's reported cases).

    Attributes:
        new_exporters: as many first-time exporters of one buyer within `window_days` are referred.
        jump_over_paid: an order of more than this many times the largest order ever paid is referred.
        jump_floor: orders below this amount are never referred for a jump.
    """

    window_days: Annotated[int, Field(gt=0, le=365)]
    new_exporters: Annotated[int, Field(gt=0)]
    jump_over_paid: Annotated[int, Field(gt=0)]
    jump_floor: UsdCents


class Policy(Strict):
    """One version of the programme's terms."""

    version: Annotated[str, Field(min_length=1, max_length=40)]
    effective_from: date
    assumptions: dict[str, str]
    buyer_cap: UsdCents
    compensation_rate: CompensationRates
    waiting_period_days: Days
    longest_terms_days: Days
    discretionary_limit: UsdCents
    reservation_days: Annotated[int, Field(gt=0, le=365)]
    loss_given_default: BasisPoints
    limit_step: UsdCents
    least_change: BasisPoints
    grades: Annotated[tuple[Grade, ...], Field(min_length=1)]
    ceilings: Ceilings
    referral: Referral

    @model_validator(mode="after")
    def _grades_in_order(self) -> "Policy":
        bounds = [grade.max_pd for grade in self.grades]
        if bounds != sorted(set(bounds)) or bounds[-1] != 1:
            raise ValueError("grades must rise in max_pd and end at 1")
        if self.discretionary_limit > self.buyer_cap:
            raise ValueError("discretionary_limit must not pass buyer_cap")
        return self

    def rate_bp(self, standing: Standing) -> int:
        """Tell the compensation rate of an exporter's standing, in basis points."""
        rates = self.compensation_rate
        return rates.whitelisted if standing == "whitelisted" else rates.standard

    def grade(self, pd: float) -> Grade:
        """Find the grade of a probability of default."""
        return next(grade for grade in self.grades if pd <= grade.max_pd)

    @property
    def cap(self) -> Money:
        """The per-buyer cap as money."""
        return Money(self.buyer_cap, USD)


@dataclass(frozen=True, slots=True)
class Policies:
    """All versions of the policy, by the day from which each holds."""

    versions: tuple[Policy, ...]

    def at(self, day: date) -> Policy:
        """Find the version in force on a day.

        Raises:
            ConfigError: the day lies before the first version.
        """
        in_force = [policy for policy in self.versions if policy.effective_from <= day]
        if not in_force:
            first = self.versions[0].effective_from
            raise ConfigError("policy", f"on {day}", f"did not exist before {first}", f"ask for {first} or later")
        return in_force[-1]

    def version(self, name: str) -> Policy:
        """Find a version by name, as a stored decision names it.

        Raises:
            ConfigError: no such version.
        """
        for policy in self.versions:
            if policy.version == name:
                return policy
        known = ", ".join(policy.version for policy in self.versions)
        raise ConfigError("policy version", name, "does not exist", f"use one of {known}")


def read_policy(file: Path) -> Policy:
    """Read one policy file.

    Raises:
        ConfigError: the file, key, value and remedy of the first fault.
    """
    return read_yaml(file, Policy, "policy")


def gather(policies: Iterable[Policy]) -> Policies:
    """Put versions in order of the day from which each holds.

    Raises:
        ConfigError: there is none, or two share a name or a first day.
    """
    ordered = tuple(sorted(policies, key=lambda policy: policy.effective_from))
    for each in ("version", "effective_from"):
        values = [getattr(policy, each) for policy in ordered]
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise ConfigError(f"policies, {each}", twice, "stands in two files", "give each version its own")
    if not ordered:
        raise ConfigError("policies", None, "there is none", "add a policy file")
    return Policies(ordered)


@cache
def policies() -> Policies:
    """Read the versions that come with the program, once."""
    return gather(read_policy(file) for file in sorted(FOLDER.glob("*.yaml")))
