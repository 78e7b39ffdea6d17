"""The amount that a decision comes to, and what it came from."""

from dataclasses import dataclass

from models.decision.facts import Finding


@dataclass(frozen=True, slots=True)
class Settled:
    """An amount in US cents with what led to it.

    Attributes:
        conditional: a rise was held back until a person has looked.
        kept: the change was too small to be made.
    """

    findings: tuple[Finding, ...]
    amount: int
    conditional: bool
    kept: bool

    @property
    def stopped(self) -> bool:
        """Whether a rule ended cover at once."""
        return any(finding.verdict == "stop" for finding in self.findings)
