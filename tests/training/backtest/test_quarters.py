from datetime import date, timedelta

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from features.book.folder import connect, open_book
from features.book.tables import TABLES
from features.errors import DataError
from features.snapshot.days import end_of
from tests.training.markets import CONFIG, as_of
from training.backtest.quarters import learn, quarter_ends
from training.labels import prepare

DAY = date(2024, 9, 30)


def learned(book, days):
    connection = connect()
    open_book(book, connection)
    return learn(book, connection, days, CONFIG)


def test_quarters_end_with_calendar_quarters():
    assert quarter_ends(date(2023, 12, 31), date(2024, 7, 1)) == [
        date(2023, 12, 31),
        date(2024, 3, 31),
        date(2024, 6, 30),
    ]
    assert quarter_ends(date(2024, 1, 1), date(2024, 3, 30)) == []


def test_nothing_recorded_after_a_quarter_s_start_moves_its_model(small_market, tmp_path):
    (with_future,) = learned(small_market, [DAY])
    (without,) = learned(as_of(small_market, DAY, tmp_path / "past"), [DAY])
    assert np.array_equal(with_future.assessment.pd, without.assessment.pd)
    assert with_future.seen.equals(without.seen)
    assert with_future.circumstances.equals(without.circumstances)
    assert with_future.trained_on == without.trained_on


def test_only_mature_outcomes_are_learned_from(small_market):
    (quarter,) = learned(small_market, [DAY])
    connection = connect()
    open_book(small_market, connection)
    ripeness = prepare(connection, DAY, CONFIG)
    assert quarter.learned_until <= ripeness.last_mature < quarter.learned_until + timedelta(days=90)


def test_first_quarters_with_too_little_behind_them_are_left_out(small_market):
    found = learned(small_market, [date(2022, 3, 31), DAY])
    assert [quarter.as_of for quarter in found] == [DAY]
    with pytest.raises(DataError, match="mature"):
        learned(small_market, [date(2022, 3, 31)])


def test_a_pause_before_a_quarter_is_no_old_book(small_market, tmp_path):
    for name in TABLES:
        rows = pq.read_table(small_market / f"{name}.parquet")
        early = pc.less(rows["recorded_at"], end_of(DAY - timedelta(days=40)))
        pq.write_table(
            rows.filter(pc.or_(early, pc.greater_equal(rows["recorded_at"], end_of(DAY)))),
            tmp_path / f"{name}.parquet",
        )
    days = [DAY - timedelta(days=92), DAY]
    assert [quarter.as_of for quarter in learned(tmp_path, days)] == days
