"""Who may be proposed for the whitelist of exporters, by the policy's criteria, with evidence; a person approves.

An exporter's shares of claims, losses and disputes are weighted by credibility: z = n / (n + k) of its own experience
of n orders, the rest the whole book's.
Reference: H. Bühlmann, A. Gisler, "A Course in Credibility Theory and its Applications" (2005), chapter 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from features.book.exporter_records import ExporterRecord
from features.money import USD, Money
from models.policy import BASIS_POINTS, Policy

Status = Literal["candidate", "not_yet", "excluded"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that the policy asks for, and what the exporter shows.

    Attributes:
        name: as in the policy.
        value: what the exporter shows, in the criterion's unit (days, US cents, basis points); None where unknown.
        needed: the policy's bound.
        at_least: whether the value has to reach the bound; otherwise it must not pass it.
    """

    name: str
    value: int | None
    needed: int
    at_least: bool

    @property
    def missing(self) -> int:
        """How far the value is from the bound, 0 where it is met; an unknown value misses all of it."""
        if self.value is None:
            return self.needed if self.at_least else 0
        return max(self.needed - self.value if self.at_least else self.value - self.needed, 0)


@dataclass(frozen=True, slots=True)
class Candidacy:
    """The finding on one exporter.

    Attributes:
        criteria: all of them, in the policy's order.
        excluded_for: names of the criteria beyond the bound of exclusion.
        extra_compensation: expected more to pay a year at the higher rate, US cents.
    """

    exporter_id: str
    status: Status
    criteria: tuple[Criterion, ...]
    excluded_for: tuple[str, ...]
    extra_compensation: int

    @property
    def missing(self) -> tuple[Criterion, ...]:
        """The criteria that are not met."""
        return tuple(each for each in self.criteria if each.missing)


def candidacies(records: Sequence[ExporterRecord], policy: Policy) -> list[Candidacy]:
    """Judge every exporter of a book against the policy, by exporter."""
    book = _Book(
        claims=_bp(sum(each.claims for each in records), sum(each.orders for each in records)),
        losses=_bp(sum(each.lost for each in records), sum(each.matured_trade for each in records)),
        disputes=_bp(sum(each.disputes for each in records), sum(each.orders for each in records)),
    )
    return [_judge(each, book, policy) for each in records]


@dataclass(frozen=True, slots=True)
class _Book:
    """The whole book's shares, basis points."""

    claims: int
    losses: int
    disputes: int


def _judge(record: ExporterRecord, book: _Book, policy: Policy) -> Candidacy:
    asked = policy.whitelist
    k = asked.credibility
    claims = _credible(_bp(record.claims, record.orders), book.claims, record.orders, k.claims)
    losses = _credible(_bp(record.lost, record.matured_trade), book.losses, record.matured_orders, k.losses)
    disputes = _credible(_bp(record.disputes, record.orders), book.disputes, record.orders, k.claims)
    documents = [_bp(record.documented_orders, record.orders)]
    if record.claims:
        documents.append(_bp(record.documented_claims, record.claims))
    buyer_pd = None if record.buyer_pd is None else round(record.buyer_pd * BASIS_POINTS)
    criteria = (
        Criterion("tenure_days", record.tenure_days, asked.tenure_days, True),
        Criterion("trade", record.trade, asked.trade, True),
        Criterion("documents_share", min(documents), asked.documents_share, True),
        Criterion("claims_share", claims, asked.claims_share, False),
        Criterion("loss_share", losses, asked.loss_share, False),
        Criterion("buyer_pd", buyer_pd, asked.buyer_pd, False),
        Criterion("dispute_share", disputes, asked.dispute_share, False),
        Criterion("top_buyer_share", _bp(record.top_buyer_trade, record.trade), asked.top_buyer_share, False),
    )
    beyond = {
        "loss_share": (losses, asked.excluded_loss_share),
        "dispute_share": (disputes, asked.excluded_dispute_share),
    }
    excluded = tuple(name for name, (value, bound) in beyond.items() if value > bound)
    met = not any(each.missing for each in criteria)
    return Candidacy(
        exporter_id=record.exporter_id,
        status="excluded" if excluded else "candidate" if met else "not_yet",
        criteria=criteria,
        excluded_for=excluded,
        extra_compensation=_extra(record, losses, policy),
    )


def _extra(record: ExporterRecord, losses_bp: int, policy: Policy) -> int:
    """Expect what the higher rate adds in a year: the credible loss that stays, at the difference of the rates."""
    rates = policy.rate_bp("whitelisted") - policy.rate_bp("standard")
    a_year = Money(record.trade, USD).share(365, policy.whitelist.window_days)
    lost = a_year.share(losses_bp * policy.loss_given_default, BASIS_POINTS**2)
    return lost.share(rates, BASIS_POINTS).minor


def _credible(own: int, book: int, experience: int, k: int) -> int:
    """Mix an exporter's own share with the book's by how much experience there is, half up."""
    return (2 * (own * experience + book * k) + experience + k) // (2 * (experience + k))


def _bp(part: int, whole: int) -> int:
    """Give a share in basis points, rounded half up; none of nothing."""
    return (2 * part * BASIS_POINTS + whole) // (2 * whole) if whole else 0
