"""One buyer decided again between two runs over the book, when something new was learnt of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from features.snapshot.steps import SCHEMA
from models.bundle import Bundle
from models.decision.book import assess
from models.decision.decide import decide
from models.decision.facts import CurrentLimit, Decision, Proposal
from models.decision.gather import Usual, gather
from models.decision.workings import workings
from models.demand import demand
from models.policy import Policy


@dataclass(frozen=True, slots=True)
class Redecided:
    """A decision with its workings."""

    decision: Decision
    workings: str


def redecide(
    features: dict[str, Any],
    country: str,
    bundle: Bundle,
    policy: Policy,
    day: date,
    held: CurrentLimit | None,
    usual: Usual,
    made_with: dict[str, Any],
) -> Redecided:
    """Decide one buyer by its own figures; never more than the last run over the book gave it.

    What a buyer may have beyond that depends on what all others need, so it waits for the next run.

    Args:
        features: the buyer's row of a snapshot.
        country: ISO 3166-1 alpha-2.
        bundle: the model in use.
        policy: the terms in force on `day`.
        day: the first day on which the decision can hold.
        held: the limit that the last run gave, None where it gave none: then the discretionary limit is the most.
        usual: the book's medians by feature, for the reasons.
        made_with: what the decision was made with and for, for the workings.
    """
    row = pa.Table.from_pylist([features], schema=SCHEMA)
    (facts,) = gather(row, [country], assess(bundle, row), demand(row, bundle.horizon_days), usual)
    proposal = Proposal(policy.discretionary_limit if held is None else held.amount)
    decision = decide(facts, policy, day, held, proposal)
    return Redecided(decision, workings(facts, policy, day, held, proposal, decision, made_with))
