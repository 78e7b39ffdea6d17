"""Labels of training rows are those of the cut: what came of an order later does not move what was learned before."""

from datetime import date, timedelta

import numpy as np
import pyarrow.parquet as pq

from features.book.folder import connect, open_book
from features.snapshot import snapshot
from features.snapshot.days import end_of
from tests.training.books import FIRST, LAST, order, slow_tempers, write_book
from tests.training.learned import QUICK
from training.known import known_at
from training.labels import labels, prepare, snapshot_days
from training.splits import TimeSplit, split_by_time


def known_and_now(book):
    """Give the first split, what was known at its cut, and what is known of the same days on the last day."""
    with connect() as connection:
        open_book(book, connection)
        ripeness = prepare(connection, LAST, QUICK)
        days = snapshot_days(ripeness, QUICK)
        split = split_by_time(days, ripeness.wait_days, QUICK.train_share)
        now = labels(connection, split.train, QUICK.horizon_days)
        return split, known_at(connection, snapshot(book, days), split, QUICK), now


def test_outcomes_that_ended_after_the_cut_are_not_learned_from(tmp_path):
    book = slow_tempers(tmp_path)
    split, known, now = known_and_now(book)
    outcome = {(row["as_of"], row["buyer_id"]): row["outcome"] for row in now.to_pylist()}
    then = dict(zip(zip(known.rows.as_of.astype(object), known.rows.buyer_id, strict=True), known.rows.y, strict=True))
    assert any(outcome[key] > then[key] for key in then), "without such an order nothing is shown"
    # The same as from a book that ends there.
    tables = (pq.read_table(book / f"{name}.parquet").to_pylist() for name in ("orders", "payments"))
    past = write_book(
        tmp_path / "past", *([row for row in rows if row["recorded_at"] < end_of(split.cut)] for rows in tables)
    )
    with connect() as connection:
        open_book(past, connection)
        alone = known_at(connection, snapshot(past, split.train), split, QUICK)
    assert alone.split == known.split
    assert np.array_equal(alone.rows.y, known.rows.y)
    assert np.array_equal(alone.rows.X, known.rows.X, equal_nan=True)
    assert alone.lost.equals(known.lost)


def test_a_pause_before_the_cut_is_no_old_book(tmp_path):
    usual = [order(f"o{n}", f"b{n}", FIRST + timedelta(days=n)) for n in range(60)]
    later = [order("late", "b1", LAST)]
    split = TimeSplit((date(2023, 1, 31), date(2023, 2, 28)), (date(2023, 9, 1),), ())
    book = write_book(tmp_path, [*usual, *later], [])
    with connect() as connection:
        open_book(book, connection)
        known = known_at(connection, snapshot(book, split.train), split, QUICK)
    # Records end with February, so that no outcome had ripened by the cut.
    assert known.split == TimeSplit((), split.test, split.train)
    assert len(known.rows) == 0
