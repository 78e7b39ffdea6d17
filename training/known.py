"""What could be learned on a past day: rows labelled by what was recorded by then, and nothing that came later."""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from training.config import TrainingConfig
from training.dataset import Dataset, join
from training.labels import labels, prepare
from training.severity import losses
from training.splits import TimeSplit


@dataclass(frozen=True, slots=True)
class Known:
    """What there was to fit on at a split's cut.

    Attributes:
        split: it fits on the days only whose outcomes were mature by the terms and lags seen until the cut.
        rows: of its training days, with outcomes as they were known then.
        lost: what `training.severity.losses` told then.
    """

    split: TimeSplit
    rows: Dataset
    lost: pa.Table


# Tells what was known at the cut of a split.
KnownAt = Callable[[TimeSplit], Known]


def known_at(connection: duckdb.DuckDBPyConnection, seen: pa.Table, split: TimeSplit, config: TrainingConfig) -> Known:
    """Label the training days of a split as of its cut; the tables of `prepare` are those of the cut afterwards.

    The waiting time is a quantile: terms beyond it and facts recorded later than the lag end after the cut, and a label
    of today's would bring them before it.

    Args:
        connection: a connection on which `open_book` was called.
        seen: snapshots of the training days.
        split: days to fit on, and the cut.
        config: what counts as default, and when it is mature.
    """
    ripeness = prepare(connection, split.cut, config, goes_on=True)
    mature = split.mature_by(ripeness.last_mature)
    rows = join(labels(connection, mature.train, config.horizon_days), seen)
    return Known(mature, rows, losses(connection, ripeness, config))
