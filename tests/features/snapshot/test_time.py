"""Nothing counts before it was recorded, and each day stands for itself."""

import random
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from features.snapshot import snapshot
from features.snapshot.days import end_of
from tests.features.snapshot.books import FIRST, Rows, corrected_late, random_book, write_book

AS_OF = date(2024, 3, 31)


def altered_after(rows: Rows, as_of: date, seed: int) -> Rows:
    """Change, drop, double and shuffle what was recorded after the end of the day."""
    draw, known_before = random.Random(seed), end_of(as_of)
    altered: Rows = {}
    for name, table in rows.items():
        past = [row for row in table if row["recorded_at"] < known_before]
        future = [dict(row) for row in table if row["recorded_at"] >= known_before and draw.random() < 0.6]
        for row in future:
            for column in ("amount_minor", "loss_minor"):
                if column in row:
                    row[column] = draw.randrange(1, 10**9)
            row["recorded_at"] += timedelta(days=draw.randrange(400))
        altered[name] = [*past, *future]
    return altered


@pytest.fixture
def rows() -> Rows:
    return random_book(seed=7)


def test_what_is_recorded_after_the_day_moves_nothing(tmp_path: Path, rows: Rows) -> None:
    before = snapshot(write_book(tmp_path / "before", rows), [AS_OF])
    assert before.num_rows > 5
    for seed in range(3):
        other = write_book(tmp_path / f"after{seed}", altered_after(rows, AS_OF, seed), seed=seed + 1)
        assert snapshot(other, [AS_OF]).equals(before)


def test_what_is_recorded_on_the_day_does_move_something(tmp_path: Path, rows: Rows) -> None:
    before = snapshot(write_book(tmp_path / "before", rows), [AS_OF])
    other = write_book(tmp_path / "other", altered_after(rows, AS_OF - timedelta(days=40), seed=1))
    assert not snapshot(other, [AS_OF]).equals(before)


def test_many_days_at_once_equal_each_alone(tmp_path: Path, rows: Rows) -> None:
    book = write_book(tmp_path / "book", rows)
    days = [date(2023, 2, 1), date(2023, 2, 2), date(2023, 9, 30), AS_OF, date(2026, 1, 1)]
    together = snapshot(book, [*reversed(days), days[0]])
    assert together.equals(pa.concat_tables([snapshot(book, [day]) for day in days]))


@pytest.mark.parametrize("seed", range(3))
def test_a_correction_years_later_does_not_reach_back(tmp_path: Path, seed: int) -> None:
    book = write_book(tmp_path / "book", corrected_late(seed))
    days = [FIRST + timedelta(days=n) for n in range(400, 1000, 60)]
    together = snapshot(book, days)
    assert together.equals(pa.concat_tables([snapshot(book, [day]) for day in days]))
