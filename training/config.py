"""What a training run may be told, with a default for everything."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from features.yaml_file import Strict, read_yaml

Days = Annotated[int, Field(ge=1, le=730)]
Share = Annotated[float, Field(gt=0, lt=1)]


Candidate = Literal["constant", "scorecard", "lightgbm", "blend"]


class DefaultDefinition(Strict):
    """What counts as a default of one order.

    Attributes:
        days_past_due: the order is in default if money is still owed at the end of this many days after its due date;
            up to a cent a payment may be missing, as conversions round.
        accepted_claim: an accepted claim on the order is a default too.
        materiality_usd_cents: the amount still owed must be above this.
    """

    days_past_due: Annotated[int, Field(ge=0, le=365)] = 60
    accepted_claim: bool = True
    materiality_usd_cents: Annotated[int, Field(ge=0)] = 0


class Snapshots(Strict):
    """On which days buyers are observed: every `every_days` days back from the last mature one, at most `most`.

    Attributes:
        every_months: take the last day of every so many months instead, back from the last mature one.
        first: no day before it.
    """

    every_days: Days = 30
    every_months: Annotated[int | None, Field(ge=1, le=12)] = None
    most: Annotated[int, Field(ge=3, le=400)] = 36
    first: date | None = None


class Maturity(Strict):
    """When an outcome is taken as known.

    Attributes:
        terms_quantile: the longest terms are this quantile of the terms asked so far (single outliers would
            otherwise hold back the whole book; orders beyond it count only once their own outcome is known).
        lag_quantile: the reporting lag is this quantile of the days from what decides an outcome to its record.
        least_events: so many facts of a kind must be recorded before its lag counts.
        lag_days: the reporting lag, where it is not to be estimated from the data.
    """

    terms_quantile: Annotated[float, Field(gt=0.5, le=1)] = 0.99
    lag_quantile: Annotated[float, Field(gt=0.5, le=1)] = 0.95
    least_events: Annotated[int, Field(ge=1)] = 20
    lag_days: Annotated[int | None, Field(ge=0, le=730)] = None


class SeverityDefinition(Strict):
    """How losses are measured.

    Attributes:
        workout_days: a default counts for the loss given default once it is so old.
    """

    workout_days: Annotated[int, Field(ge=0, le=1095)] = 180


class Tuning(Strict):
    """The search for the trees' parameters.

    Attributes:
        trials: how many sets are tried; 0 keeps the usual ones.
        budget_s: no trial begins after so many seconds; a search that it ends may differ on another machine.
    """

    trials: Annotated[int, Field(ge=0, le=1000)] = 0
    budget_s: Annotated[int, Field(ge=1)] = 1800


class TrainingConfig(Strict):
    """One training run.

    Attributes:
        horizon_days: an order counts for a snapshot if it is made within so many days after it.
        train_share: share of the mature snapshot days, less the waiting time, that the first fit takes.
        least_defaults: fewer buyers that defaulted are too few to fit on, each once however many snapshots tell of
            it; so are fewer rows without default.
        bootstrap_draws: how often buyers are drawn anew for an interval.
        seed: the same seed, book and configuration give the same models.
        candidates: which models compete.
        dask: where the boosted trees are fitted: `local:2` processes or a Dask scheduler's address; None is here.
        rolling_origins: in how many parts the later days are judged, each by models fitted on all that was mature then.
    """

    horizon_days: Days = 90
    default: DefaultDefinition = DefaultDefinition()
    snapshots: Snapshots = Snapshots()
    maturity: Maturity = Maturity()
    severity: SeverityDefinition = SeverityDefinition()
    tuning: Tuning = Tuning()
    train_share: Share = 0.6
    rolling_origins: Annotated[int, Field(ge=1, le=40)] = 4
    least_defaults: Annotated[int, Field(ge=2)] = 10
    bootstrap_draws: Annotated[int, Field(ge=50, le=10_000)] = 400
    seed: Annotated[int, Field(ge=0)] = 20200101
    dask: str | None = None
    candidates: Annotated[tuple[Candidate, ...], Field(min_length=1)] = ("constant", "scorecard", "lightgbm", "blend")


def read_config(file: Path | None) -> TrainingConfig:
    """Read a configuration, or take the defaults where no file is named.

    Raises:
        ConfigError: the file cannot be read, or the first key at fault with its value and remedy.
    """
    return TrainingConfig() if file is None else read_yaml(file, TrainingConfig, "configuration")
