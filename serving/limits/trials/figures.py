"""What a trial comes to, in figures: the whole book, by grade and by country; amounts are US cents."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from models.decision.book import LimitRun
from models.decision.facts import Change, Decision
from models.policy import BASIS_POINTS
from serving.limits.ground import Ground

Stands = Literal["override", "stop"]


@dataclass(frozen=True, slots=True)
class Line:
    """One buyer's decision beside what holds.

    Attributes:
        stands: what outranks the decision: a person's limit, or a stop after a notice or claim.
        previous: the limit in force, None where there is none.
        covered, compensation: expected over the horizon.
    """

    decision: Decision
    country: str
    stands: Stands | None
    previous: int | None
    covered: float
    compensation: float

    @property
    def after(self) -> int:
        """What holds once the decision is in force."""
        return (self.previous or 0) if self.stands else self.decision.amount

    @property
    def change(self) -> Change:
        """What the decision does to the limit in force."""
        return "prolong" if self.stands else self.decision.change


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the book under a trial's policy.

    Attributes:
        limits: buyers who may have cover afterwards.
        new, increased, reduced, ended: buyers by what becomes of their limit.
        before_cents, after_cents: their limits together.
    """

    key: str
    buyers: int
    limits: int
    new: int
    increased: int
    reduced: int
    ended: int
    before_cents: int
    after_cents: int
    covered_cents: int
    compensation_cents: int


@dataclass(frozen=True, slots=True)
class Side:
    """A whole book under one of a trial's policies.

    Attributes:
        is_on_trial: the policy is not on file.
        kept: limits that persons set and that stand; `stopped`: stops that stand.
        most_loss_share, most_tail_share: the appetite as used: largest expected compensation, and largest expected
            shortfall of it, within the trade covered.
        tail_level: the shortfall is the mean beyond this quantile.
    """

    policy_version: str
    policy_fingerprint: str
    is_on_trial: bool
    appetite_scale: float
    total: Part
    by_grade: list[Part]
    by_country: list[Part]
    kept: int
    stopped: int
    value_at_risk_cents: int
    expected_shortfall_cents: int
    most_loss_share: float
    most_tail_share: float
    tail_level: float


def lines_of(run: LimitRun, ground: Ground) -> list[Line]:
    """Put each decision of a run beside what holds on its day."""
    limits = ground.in_force.limits
    made = zip(run.decisions, run.facts, run.covered_by_buyer.tolist(), run.loss_by_buyer.tolist(), strict=True)
    return [
        Line(
            decision,
            facts.country,
            _stands(decision.buyer_id, ground),
            limits[decision.buyer_id].amount if decision.buyer_id in limits else None,
            covered,
            compensation,
        )
        for decision, facts, covered, compensation in made
    ]


def side_of(run: LimitRun, lines: list[Line], scale: float, *, is_on_trial: bool) -> Side:
    """Add up a run."""
    appetite = run.policy.appetite
    return Side(
        policy_version=run.policy.version,
        policy_fingerprint=run.policy.fingerprint,
        is_on_trial=is_on_trial,
        appetite_scale=scale,
        total=_part("total", lines),
        by_grade=_parts(lines, lambda line: line.decision.grade or "none"),
        by_country=_parts(lines, lambda line: line.country),
        kept=sum(line.stands == "override" for line in lines),
        stopped=sum(line.stands == "stop" for line in lines),
        value_at_risk_cents=round(run.tail.value_at_risk),
        expected_shortfall_cents=round(run.tail.expected_shortfall),
        most_loss_share=appetite.expected_loss / BASIS_POINTS * scale,
        most_tail_share=appetite.tail_loss / BASIS_POINTS * scale,
        tail_level=appetite.tail_level / BASIS_POINTS,
    )


def _stands(identity_id: str, ground: Ground) -> Stands | None:
    if identity_id in ground.in_force.overridden:
        return "override"
    return "stop" if identity_id in ground.in_force.stopped else None


def _parts(lines: Iterable[Line], key: Callable[[Line], str]) -> list[Part]:
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    return [_part(each, groups[each]) for each in sorted(groups)]


def _part(key: str, lines: list[Line]) -> Part:
    changes = [line.change for line in lines]
    return Part(
        key=key,
        buyers=len(lines),
        limits=sum(line.after > 0 for line in lines),
        new=changes.count("new"),
        increased=changes.count("increase"),
        reduced=changes.count("reduce"),
        ended=changes.count("cancel"),
        before_cents=sum(line.previous or 0 for line in lines),
        after_cents=sum(line.after for line in lines),
        covered_cents=round(sum(line.covered for line in lines)),
        compensation_cents=round(sum(line.compensation for line in lines)),
    )
