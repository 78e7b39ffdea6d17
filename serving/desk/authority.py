"""Four eyes, as pure rules: how many persons a proposal takes and of which level, by the policy's authority.

Who lowers a limit needs nobody else: what protects the programme must not wait. Up to the machine's own authority one
person decides; beyond it two, and who proposes is one of them but may not approve. Beyond an underwriter's authority a
senior is among those who approve.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.policy import Policy
from models.terms import Level
from serving.access.principal import Principal


@dataclass(frozen=True, slots=True)
class Needed:
    """What a proposal takes.

    Attributes:
        persons: how many have to agree, who proposes among them.
        level: the authority that at least one who approves must have.
    """

    persons: int
    level: Level

    def is_met(self, proposer: Principal, approvers: Sequence[Principal]) -> bool:
        """Tell whether those who agree are enough."""
        persons = {each.name for each in approvers} | ({proposer.name} if proposer.is_person else set())
        if len(persons) < self.persons:
            return False
        return self.persons == 1 or self.level != "senior" or any(each.role == "senior" for each in approvers)


ALONE = Needed(1, "machine")


def needed(policy: Policy, amount: int, *, is_protective: bool) -> Needed:
    """Tell what a limit (or a referred order) of an amount in US cents takes."""
    level = policy.level_for(amount)
    return ALONE if is_protective or level == "machine" else Needed(2, level)
