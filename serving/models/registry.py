"""What the service needs of a registry of models: a port, which training fills and the service never imports.

What comes over it is checked here, word by word: the service keeps it and shows it to people.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

# A figure with the ends of its 95 % interval; None where it cannot be told.
Interval = tuple[float | None, float | None, float | None]


def _listed(estimate: object) -> object:
    return [estimate["value"], estimate["low"], estimate["high"]] if isinstance(estimate, dict) else estimate


Figures = dict[str, Annotated[Interval, BeforeValidator(_listed)]]


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Gate(_Told):
    """A figure held against a threshold, with its verdict; `told` says more, in English."""

    name: str
    passed: bool
    figure: float | None
    threshold: float
    told: str


class Comparison(_Told):
    """A version and the champion on the same mature rows; gains are the version's less the champion's.

    Attributes:
        defaults: buyers that defaulted, each once.
    """

    version: str
    rows: int
    buyers: int
    defaults: int
    challenger: Figures
    champion: Figures
    gains: Figures


class Judged(_Told):
    """A version held against the gates: by its run and the champion's run, an empty name where there was none.

    Attributes:
        fault: why it could not be, in English.
    """

    run_id: str
    against: str
    gates: tuple[Gate, ...]
    comparison: Comparison | None
    fault: str | None = None

    @property
    def failed(self) -> tuple[str, ...]:
        """The gates that it does not pass."""
        return tuple(gate.name for gate in self.gates if not gate.passed)


class Version(_Told):
    """A registered version.

    Attributes:
        kind: of model.
        trained_as_of: nothing recorded later was looked at.
        definition: what counted as default.
        sha256: of its model, by which two are told apart.
        figures: out of time; model -> figure -> value and interval.
        run: which days and rows it was fitted and judged on.
        rests_on: hashes of book, configuration and program.
    """

    version: str
    run_id: str
    registered_at: datetime
    kind: str
    trained_as_of: date
    horizon_days: int
    definition: dict[str, Any]
    features: int
    sha256: str
    figures: dict[str, Figures]
    run: dict[str, str | None]
    rests_on: dict[str, str]


class Turn(_Told):
    """A promotion or rollback, as the registry keeps it."""

    action: str
    version: str
    by: str
    at: datetime
    reason: str | None = None
    overridden: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    previous: str | None = Field(None, alias="from")


class Reading(_Told):
    """What the registry holds.

    Attributes:
        previous: what a rollback returns to.
        history: the oldest first.
        reports: run -> report, of the runs that were asked for; None where the training wrote none.
        judged: of the versions that were asked for.
    """

    champion: str | None
    previous: str | None
    history: tuple[Turn, ...]
    versions: tuple[Version, ...]
    reports: dict[str, str | None] = Field(default_factory=dict)
    judged: tuple[Judged, ...] = ()


class DriftFound(_Told):
    """The champion's population of a day against that of its training."""

    version: str
    trained_as_of: date
    as_of: date
    drifted: bool
    buyers: dict[str, int]
    mean_pd: dict[str, float]
    checks: tuple[Gate, ...]


class Order(_Told):
    """What two persons decided, for the registry to carry out.

    Attributes:
        name: the same again finishes what was interrupted, and does nothing twice.
        version: what is to be in use; None to go back.
        champion: what was in use when it was asked for; where it is not any more, nothing is done.
        by: both names.
    """

    name: str
    version: str | None
    champion: str | None
    is_override: bool
    reason: str
    by: str


class ModelRegistry(Protocol):
    """A registry of models. Every method may raise UnavailableError: it does not answer."""

    async def read(self, reports_held: list[str], gates_held: list[tuple[str, str]]) -> Reading:
        """Tell what there is; reports and gates that the asker holds are left out."""

    async def drift(self, book: Path, as_of: date) -> DriftFound:
        """Hold a book's day against the champion's training.

        Raises:
            CallerError: there is nothing to compare.
        """

    async def carry_out(self, order: Order) -> str:
        """Promote or roll back; give the version in use then.

        Raises:
            CallerError: a gate that nobody overrode, another champion by now, or no such version.
            BolangguError: the version's files are damaged.
        """
