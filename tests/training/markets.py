"""What the small simulated market of these tests is trained with, and how it looked on a day."""

from datetime import UTC, date, datetime, timedelta

import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.book.tables import TABLES
from training.config import Snapshots, TrainingConfig

END = date(2025, 12, 31)
CONFIG = TrainingConfig(
    snapshots=Snapshots(every_days=90), candidates=("scorecard",), bootstrap_draws=50, least_defaults=5
)


def as_of(book, day, folder):
    """Write the book as it stood at the end of a day: nothing recorded later is there."""
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    folder.mkdir()
    for name in TABLES:
        table = pq.read_table(book / f"{name}.parquet")
        pq.write_table(table.filter(pc.less(table["recorded_at"], end)), folder / f"{name}.parquet")
    return folder
