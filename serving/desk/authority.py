"""Four eyes, as pure rules: how many persons a proposal takes and of which level, by the policy's authority.

Who lowers a limit needs nobody else: what protects the programme must not wait. Up to the machine's own authority one
person decides; beyond it two, and who proposes is one of them but may not approve; where an approver raises what was
asked, who proposed has not agreed to it and is none of them. Beyond an underwriter's authority a senior is among those
who approve. To give cover again on a buyer whom a notice or claim has stopped takes two always, also where a person has
cancelled or suspended since: who takes away alone does not lift the stop alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.policy import Policy
from models.terms import Level
from serving.access.principal import Principal


@dataclass(frozen=True, slots=True)
class Needed:
    """What a proposal takes.

    Attributes:
        persons: how many have to agree; who proposes among them, unless more is approved than they asked for.
        level: the authority that at least one who approves must have.
    """

    persons: int
    level: Level

    def is_met(self, proposer: Principal | None, approvers: Sequence[Principal]) -> bool:
        """Tell whether those who agree are enough; without a proposer where more is approved than they asked for."""
        persons = {each.name for each in approvers}
        if proposer is not None and proposer.is_person:
            persons.add(proposer.name)
        if len(persons) < self.persons:
            return False
        return self.persons == 1 or self.level != "senior" or any(each.role == "senior" for each in approvers)


ALONE = Needed(1, "machine")


def needed(policy: Policy, amount: int, *, is_protective: bool, lifts_stop: bool = False) -> Needed:
    """Tell what a limit (or a referred order) of an amount in US cents takes."""
    level = policy.level_for(amount)
    if is_protective or (level == "machine" and not lifts_stop):
        return ALONE
    return Needed(2, "underwriter" if level == "machine" else level)


def needed_now(
    policy: Policy,
    limit: Mapping[str, Any],
    amount: int,
    until: date | None,
    *,
    stop_stands: bool,
    is_restoration: bool,
) -> Needed:
    """Tell what it takes to put an amount until a day in the place of a limit in force.

    Args:
        policy: whose authority counts.
        limit: in force, as `Situation` tells it.
        amount: US cents; of a restoration what the machine's limit is now.
        until: the first day on which it no longer holds.
        stop_stands: an event's stop was not lifted, whether or not it is what is in force.
        is_restoration: what persons and events set ends, so that the machine's limit holds, and those to come.
    """
    # The machine may say nothing today and more tomorrow: over a stop, a restoration to nothing takes nothing away.
    protects = is_protective(limit, amount, until) and not (stop_stands and is_restoration)
    return needed(policy, amount, is_protective=protects, lifts_stop=stop_stands)


def is_protective(limit: Mapping[str, Any], amount: int, until: date | None) -> bool:
    """Tell whether an amount until a day only takes away from a limit: it is lower, and ends no later."""
    if amount == 0:
        return True
    ends = limit.get("valid_to")
    return amount < limit.get("amount_cents", 0) and (ends is None or (until is not None and until.isoformat() <= ends))
