"""What may be asked for: the preview of a limit run, two policies side by side, and the release of a preview."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.policy import Policy, parse_policy, policies
from serving.desk.asks import Reason
from serving.ledger.events import Day, EventId

Kind = Literal["preview", "comparison"]
_LONGEST_TEXT = 60_000


class PolicyChoice(BaseModel):
    """A policy: the version of one on file, or the text of one on trial, as policy files have it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, Field(max_length=40, examples=["2024-current"])] | None = None
    text: Annotated[str, Field(max_length=_LONGEST_TEXT)] | None = Field(
        None, description="YAML; kept with the comparison, and never in force"
    )

    @model_validator(mode="after")
    def _is_one(self) -> "PolicyChoice":
        if (self.version is None) == (self.text is None):
            raise ValueError("name a version, or give the text of a policy on trial")
        return self

    def policy(self) -> Policy:
        """Find or read the policy.

        Raises:
            ConfigError: there is no such version, or what is at fault in the text.
        """
        return parse_policy(self.text) if self.text is not None else policies().version(self.version or "")


class TrialAsk(BaseModel):
    """A trial that is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: ClassVar[Kind]
    action: ClassVar[str]

    event_id: EventId = Field(
        description="the asker's key; the same again changes nothing", examples=["RUN-2026-11-23"]
    )

    def choices(self, day: date) -> list[PolicyChoice]:
        """Give the policies to decide under."""
        raise NotImplementedError


class PreviewAsk(TrialAsk):
    """The preview of a limit run, under the policy of its day."""

    kind = "preview"
    action = "preview_limits"

    as_of: Day | None = Field(
        None, description="day whose knowledge counts, today by default; only today's is released"
    )

    def choices(self, day: date) -> list[PolicyChoice]:
        """Give the policy in force on the day.

        Raises:
            ConfigError: there was none.
        """
        return [PolicyChoice(version=policies().at(day).version)]


class ComparisonAsk(TrialAsk):
    """Two policies side by side on today's book."""

    kind = "comparison"
    action = "compare_policies"

    policy: PolicyChoice = Field(description="the policy asked about", examples=[{"version": "2020-launch"}])
    against: PolicyChoice = Field(description="what it is held against", examples=[{"version": "2024-current"}])

    def choices(self, day: date) -> list[PolicyChoice]:
        """Give both."""
        assert day, "a comparison is of the day it is asked on"
        return [self.policy, self.against]


class ReleaseAsk(BaseModel):
    """The release of a preview; said again it changes nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Reason = Field(description="why", examples=["Quarterly run; largest movers looked at"])
