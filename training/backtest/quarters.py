"""The quarters that a backtest walks through, and what was known at the start of each."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.book.circumstances import circumstances
from features.catalogue import CATALOGUE
from features.errors import DataError
from features.snapshot import snapshot
from models.bundle import Bundle
from models.decision.book import assess
from models.decision.gather import Assessment
from models.severity import Severity
from training.candidates import compete, fit
from training.config import TrainingConfig
from training.dataset import Dataset, join
from training.labels import Ripeness, labels, prepare
from training.severity import fit_severity, losses

Floats = NDArray[np.float64]
_NAMES = tuple(feature.name for feature in CATALOGUE)


@dataclass(frozen=True, slots=True)
class Quarter:
    """What was known at the end of `as_of`, and the model that could be fitted then.

    Attributes:
        seen: the snapshot of that day.
        circumstances: each buyer's country and its trade with whitelisted exporters.
        assessment: PD, LGD and EAD of every row of `seen` by a model fitted on outcomes that were mature on that day.
        recipe: the model that was chosen then.
        trained_on: rows and defaults it was fitted on.
        learned_until: the last snapshot day whose outcomes were mature on that day.
    """

    as_of: date
    seen: pa.Table
    circumstances: pa.Table
    assessment: Assessment
    recipe: str
    trained_on: tuple[int, int]
    learned_until: date

    @property
    def first_day(self) -> date:
        """The first day on which limits set with this knowledge can hold."""
        return self.as_of + timedelta(days=1)


def quarter_ends(first: date, last: date) -> list[date]:
    """List the ends of calendar quarters from `first` to `last`, both included."""
    starts = [date(year, month, 1) for year in range(first.year, last.year + 2) for month in (1, 4, 7, 10)]
    return [end for end in (start - timedelta(days=1) for start in starts) if first <= end <= last]


def learn(book: Path, connection: duckdb.DuckDBPyConnection, days: list[date], config: TrainingConfig) -> list[Quarter]:
    """Fit a model on each day with what was known then, and score the book of that day with it.

    The first days may have too little behind them to learn from; they are left out.

    Raises:
        DataError: no day has enough behind it.
    """
    first = prepare(connection, days[-1], config, goes_on=True).first_day
    grid = _grid(first, days[-1], config)
    seen = snapshot(book, sorted({*grid, *days}))
    quarters: list[Quarter] = []
    fault: DataError | None = None
    for day in days:
        try:
            ripeness = prepare(connection, day, config, goes_on=True)
            rows = _mature_rows(connection, seen, grid, ripeness, config)
            severity = fit_severity(rows, losses(connection, ripeness, config), config.horizon_days)
            known = circumstances(connection, day)
            quarters.append(_quarter(_on(seen, [day]), known, rows, severity, day, config))
        except DataError as error:
            if quarters:
                raise
            fault = error
    if not quarters:
        assert fault is not None, "without a fault there is a quarter"
        raise fault
    return quarters


def _grid(first: date, last: date, config: TrainingConfig) -> list[date]:
    """Choose the snapshot days that all quarters learn from: each takes those whose outcomes were mature for it."""
    step = timedelta(days=config.snapshots.every_days)
    count = int((last - first) / step)
    return [last - step * number for number in range(count) if last - step * number > first][::-1]


def _mature_rows(
    connection: duckdb.DuckDBPyConnection, seen: pa.Table, grid: list[date], ripeness: Ripeness, config: TrainingConfig
) -> Dataset:
    mature = [each for each in grid if each <= ripeness.last_mature][-config.snapshots.most :]
    if not mature:
        cause = f"come no snapshot days before {ripeness.last_mature} whose outcomes were mature then"
        raise DataError(
            "before the quarter's end", ripeness.data_end, cause, "replay later quarters, or load a longer history"
        )
    return join(labels(connection, mature, config.horizon_days), _on(seen, mature))


def _quarter(
    seen: pa.Table, known: pa.Table, rows: Dataset, severity: Severity, day: date, config: TrainingConfig
) -> Quarter:
    contest = compete(rows, config)
    model = contest.fitted[contest.chosen] if len(config.candidates) == 1 else fit(contest.chosen, rows, config.seed)
    bundle = Bundle(day, config.horizon_days, {}, _NAMES, model, severity)
    return Quarter(
        as_of=day,
        seen=seen,
        circumstances=known,
        assessment=assess(bundle, seen, reasons=False),
        recipe=contest.chosen,
        trained_on=(len(rows), rows.defaults),
        learned_until=rows.as_of.max().astype(date),
    )


def _on(seen: pa.Table, days: list[date]) -> pa.Table:
    return seen.filter(pc.is_in(seen["as_of"], pa.array(days, pa.date32())))
