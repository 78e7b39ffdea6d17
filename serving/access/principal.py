"""Who asks: an API key or a person who signed in; both are the same to the use cases."""

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["platform", "underwriter", "senior", "modeller", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
# Those who may be one of four eyes.
PEOPLE: frozenset[Role] = frozenset(("underwriter", "senior"))


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    Attributes:
        name: unique among keys and among people; what the ledger and the audit trail record.
        role: what it may do.
        scopes: the only actions of its role that it may do; all where there are none.
    """

    name: str
    role: Role
    scopes: frozenset[str] = frozenset()

    @property
    def is_person(self) -> bool:
        """Whether it may be one of four eyes."""
        return self.role in PEOPLE
