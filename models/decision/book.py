"""The limits of a whole book on a day: assess, allocate under the policy's ceilings, decide buyer by buyer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from models.allocation.problem import Allocation
from models.allocation.solve import allocate
from models.allocation.tail import Tail, tail
from models.bundle import Bundle
from models.decision.decide import decide
from models.decision.facts import BuyerFacts, CurrentLimit, Decision, Proposal
from models.decision.gather import Assessment, gather
from models.decision.portfolio import Flags, Floats, Portfolio, circumstances_of, paid_share
from models.decision.rules import examine, most_allowed
from models.decision.rules.turnover import is_assessed
from models.decision.workings import workings
from models.demand import demand
from models.matrix import to_matrix
from models.policy import Policy


@dataclass(frozen=True, slots=True)
class LimitRun:
    """The decisions of one run over a book, in the snapshot's order.

    Attributes:
        allocation: tiers of the assessed buyers, with the prices of all ceilings and the dual's bound.
        tail: the book's loss over the horizon at the decided limits.
        covered_by_buyer, loss_by_buyer: (n,) expected trade covered and expected compensated loss at the decided
            limits, US cents.
        countries: names of the countries, as `tail.country_share` and the prices order them.
        made_with: what the whole run was made with, as each decision's workings keep it.
    """

    policy: Policy
    day: date
    facts: tuple[BuyerFacts, ...]
    currents: tuple[CurrentLimit | None, ...]
    proposals: tuple[Proposal, ...]
    decisions: tuple[Decision, ...]
    allocation: Allocation
    tail: Tail
    covered_by_buyer: Floats
    loss_by_buyer: Floats
    countries: tuple[str, ...]
    made_with: dict[str, Any]

    @property
    def covered(self) -> float:
        """Expected trade covered, US cents."""
        return float(self.covered_by_buyer.sum())

    @property
    def loss(self) -> float:
        """Expected compensated loss, US cents."""
        return float(self.loss_by_buyer.sum())

    def workings(self, row: int) -> str:
        """Write down one decision with everything that it follows from."""
        facts, current, proposal = self.facts[row], self.currents[row], self.proposals[row]
        return workings(facts, self.policy, self.day, current, proposal, self.decisions[row], self.made_with)


def assess(bundle: Bundle, snapshot: pa.Table, *, reasons: bool = True) -> Assessment:
    """Ask a model for every row's PD and severity and, for the reasons, for what the PD is made of."""
    parts = bundle.contributions(snapshot) if reasons and snapshot.num_rows else None
    found = Assessment(bundle.pd(snapshot), contributions=parts, features=bundle.features)
    if bundle.severity is None:
        return found
    risk_class = to_matrix(snapshot, ["country_risk_class"])[:, 0]
    return replace(found, lgd=bundle.severity.lgd.of(risk_class), ead=bundle.severity.ead.of(risk_class))


def set_limits(
    snapshot: pa.Table,
    circumstances: pa.Table,
    assessment: Assessment,
    policy: Policy,
    day: date,
    current: Mapping[str, CurrentLimit],
    *,
    horizon_days: int,
    model_version: str,
    appetite_scale: float = 1.0,
) -> LimitRun:
    """Decide the limits of all buyers of a snapshot.

    Args:
        snapshot: features of each buyer as known on one day.
        circumstances: a row of `CIRCUMSTANCES` for each buyer of the snapshot, in any order.
        assessment: the model's view of the snapshot's rows.
        policy: the terms in force on `day`.
        day: the first day on which the limits can hold.
        current: limits in force, by buyer.
        horizon_days: what the PD looks ahead.
        model_version: the model's name, for the workings.
        appetite_scale: the appetite is this part of the policy's, as calibration on past quarters found it.

    Raises:
        DataError: a buyer of the snapshot has no circumstances.
    """
    names, country, whitelisted = circumstances_of(snapshot, circumstances)
    wanted = replace(demand(snapshot, horizon_days), owed_share=assessment.ead)
    facts = gather(snapshot, [names[each] for each in country], assessment, wanted)
    classes = {each.country: each.risk_class for each in facts}
    book = Portfolio(
        wanted=wanted,
        countries=names,
        country=country,
        risk_class=tuple(classes[name] for name in names),
        pd=np.nan_to_num(assessment.pd),
        paid_share=paid_share(assessment, policy, whitelisted),
        assessed=np.array([is_assessed(each) for each in facts], dtype=bool),
        most=np.array([most_allowed(examine(each, policy), policy) for each in facts], dtype=np.int64),
    )
    allocation = allocate(book.problem(policy, horizon_days, appetite_scale))
    currents = tuple(current.get(each.buyer_id) for each in facts)
    proposals, decisions = _decide_all(book, policy, day, facts, currents, allocation)
    amount = np.array([each.amount for each in decisions], dtype=np.float64)
    owed = wanted.owed(amount) * book.paid_share
    return LimitRun(
        policy=policy,
        day=day,
        facts=tuple(facts),
        currents=currents,
        proposals=proposals,
        decisions=decisions,
        allocation=allocation,
        tail=tail(owed, book.pd, country, len(names), policy.appetite),
        covered_by_buyer=wanted.covered(amount),
        loss_by_buyer=owed * book.pd,
        countries=names,
        made_with=_made_with(allocation, model_version, horizon_days, appetite_scale, names),
    )


def _decide_all(
    book: Portfolio,
    policy: Policy,
    day: date,
    facts: list[BuyerFacts],
    currents: tuple[CurrentLimit | None, ...],
    allocation: Allocation,
) -> tuple[tuple[Proposal, ...], tuple[Decision, ...]]:
    """Decide every buyer; where kept limits would pass a country's ceiling, small cuts are made there too."""
    amounts = np.zeros(len(facts), dtype=np.int64)
    amounts[book.assessed] = allocation.amount
    firm = np.zeros(len(facts), dtype=bool)
    priced = (allocation.prices.country > 0)[book.country]
    while True:
        offered = zip(amounts.tolist(), firm.tolist(), priced.tolist(), strict=True)
        proposals = tuple(Proposal(*each) for each in offered)
        decisions = tuple(
            decide(each, policy, day, current, proposal)
            for each, current, proposal in zip(facts, currents, proposals, strict=True)
        )
        passed = _passed(book, policy, decisions)
        if not (passed & ~firm).any():
            return proposals, decisions
        firm |= passed


def _passed(book: Portfolio, policy: Policy, decisions: tuple[Decision, ...]) -> Flags:
    """Mark the buyers of countries whose limits together pass the ceiling."""
    total = np.zeros(len(book.countries), dtype=np.int64)
    np.add.at(total, book.country[book.assessed], np.array([each.amount for each in decisions])[book.assessed])
    marked: Flags = (total > book.room(policy))[book.country]
    return marked


def _made_with(
    allocation: Allocation, model_version: str, horizon_days: int, scale: float, names: tuple[str, ...]
) -> dict[str, Any]:
    prices = allocation.prices
    return {
        "model_version": model_version,
        "horizon_days": horizon_days,
        "appetite_scale": scale,
        "prices": {
            "loss": prices.loss,
            "tail": prices.tail,
            "trade": prices.trade,
            "country": {name: price for name, price in zip(names, prices.country.tolist(), strict=True) if price > 0},
        },
    }
