"""The programme's terms, in force by day: `policy_at(day)` answers which version held on a day.

Every file under `models/policies/` is one version. Facts that the programme's report does not give are
listed in the file under `assumptions`, so that nobody mistakes them for the programme's own.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from features.errors import ConfigError
from features.money import USD, Money
from features.yaml_file import Strict, ought, parse_yaml, read_yaml
from models.terms import (
    BASIS_POINTS,
    Appetite,
    Authority,
    BasisPoints,
    Ceilings,
    CompensationRates,
    Days,
    Grade,
    Level,
    Referral,
    Standing,
    UsdCents,
    WhitelistCriteria,
)

__all__ = [
    "BASIS_POINTS",
    "FOLDER",
    "Grade",
    "Policies",
    "Policy",
    "Standing",
    "gather",
    "parse_policy",
    "policies",
    "read_policy",
]

FOLDER = Path(__file__).parent / "policies"


class Policy(Strict):
    """One version of the programme's terms.

    Attributes:
        assumptions: keys that the programme's report does not give, each with what it was taken from.
        waiting_period_days: days after the due date from which an unpaid order is a loss.
        loss_given_default: share of what is owed at default that stays lost, where no model tells it.
        limit_step: limits are whole multiples of it.
        tiers: the amounts that an allocated limit may have, rising to the cap.
        least_change: a change under this share of the limit in force is not made.
        notice_days: days from the decision until a reduced limit takes the place of a larger one.
        thin_orders, thin_days: a buyer with fewer orders in a year, or known for less long, is new: `thin_share` of its
            need at most.
        authority: who may decide up to which amount, the last up to the cap.
    """

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
    tiers: Annotated[tuple[UsdCents, ...], Field(min_length=1, max_length=60)]
    least_change: BasisPoints
    notice_days: Days
    thin_orders: Annotated[int, Field(ge=0)]
    thin_days: Days
    thin_share: BasisPoints
    grades: Annotated[tuple[Grade, ...], Field(min_length=1)]
    appetite: Appetite
    ceilings: Ceilings
    authority: Annotated[tuple[Authority, ...], Field(min_length=1)]
    referral: Referral
    whitelist: WhitelistCriteria

    @model_validator(mode="after")
    def _grades_in_order(self) -> "Policy":
        bounds = [grade.max_pd for grade in self.grades]
        if bounds != sorted(set(bounds)) or bounds[-1] != 1:
            raise ought("grades", "must rise in max_pd and end at 1")
        return self

    @model_validator(mode="after")
    def _amounts_agree(self) -> "Policy":
        if self.discretionary_limit > self.buyer_cap:
            raise ought("discretionary_limit", "must not pass buyer_cap")
        if list(self.tiers) != sorted(set(self.tiers)) or self.tiers[-1] != self.buyer_cap:
            raise ought("tiers", "must rise and end at buyer_cap")
        odd = [amount for amount in self.tiers if amount % self.limit_step]
        if odd:
            raise ought("tiers", f"must be whole multiples of limit_step, not {odd[0] // 100}")
        amounts = [each.up_to for each in self.authority]
        if amounts != sorted(set(amounts)) or amounts[-1] < self.buyer_cap:
            raise ought("authority", "must rise in up_to and reach buyer_cap")
        return self

    def rate_bp(self, standing: Standing) -> int:
        """Tell the compensation rate of an exporter's standing, in basis points."""
        rates = self.compensation_rate
        return rates.whitelisted if standing == "whitelisted" else rates.standard

    def grade(self, pd: float) -> Grade:
        """Find the grade of a probability of default."""
        return next(grade for grade in self.grades if pd <= grade.max_pd)

    def level_for(self, amount: int) -> Level:
        """Tell who may decide a limit of an amount (US cents)."""
        return next((each.level for each in self.authority if amount <= each.up_to), self.authority[-1].level)

    @property
    def cap(self) -> Money:
        """The per-buyer cap as money."""
        return Money(self.buyer_cap, USD)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the terms: two policies of one name are told apart by it."""
        terms = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(terms.encode()).hexdigest()


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


def parse_policy(text: str) -> Policy:
    """Read a policy that somebody wrote, to be tried.

    Raises:
        ConfigError: the line, key, value and remedy of the first fault.
    """
    return parse_yaml(text, Policy, "policy on trial")


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
