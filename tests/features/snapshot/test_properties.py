"""For any book: the future moves nothing, a day adds only its own knowledge, and days do not touch one another."""

import random
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.snapshot import snapshot
from features.snapshot.days import end_of
from tests.features.snapshot.books import FIRST, SPAN_DAYS, Rows, random_book, write_book

seeds = st.integers(0, 10**6)
days = st.integers(-5, SPAN_DAYS + 200).map(lambda n: FIRST + timedelta(days=n))
quickly = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def taken(rows: Rows, wanted: list[date], order: int = 0) -> pa.Table:
    with tempfile.TemporaryDirectory() as folder:
        return snapshot(write_book(Path(folder) / "book", rows, order), wanted)


def known_by(rows: Rows, day: date) -> Rows:
    return {name: [row for row in table if row["recorded_at"] < end_of(day)] for name, table in rows.items()}


def later_changes(rows: Rows, day: date, seed: int) -> Rows:
    """Delete some of what comes after the day, alter the rest, and let rows of another book come in after it."""
    draw = random.Random(seed)
    changed = known_by(rows, day)
    for name, others in random_book(seed + 1, buyers=8, orders=20).items():
        future = [row for row in rows[name] if row["recorded_at"] >= end_of(day) and draw.random() < 0.5]
        for row in [*future, *others]:
            later = end_of(day) + timedelta(seconds=draw.randrange(10**7))
            altered: dict[str, Any] = {
                column: draw.randrange(1, 10**8) for column in ("amount_minor", "loss_minor") if column in row
            }
            changed[name].append({**row, **altered, "recorded_at": later})
    return changed


@quickly
@given(seeds, days)
def test_no_change_after_the_day_moves_anything(seed: int, day: date) -> None:
    rows = random_book(seed, buyers=8, orders=60)
    before = taken(rows, [day])
    assert taken(known_by(rows, day), [day], order=1).equals(before)
    assert taken(later_changes(rows, day, seed), [day], order=2).equals(before)


@quickly
@given(seeds, st.lists(days, min_size=2, max_size=5, unique=True))
def test_many_days_at_once_equal_each_alone(seed: int, wanted: list[date]) -> None:
    rows = random_book(seed, buyers=8, orders=60)
    assert taken(rows, wanted).equals(pa.concat_tables([taken(rows, [day]) for day in sorted(wanted)]))


@quickly
@given(seeds, days, st.integers(1, 30))
def test_a_day_adds_only_what_was_recorded_on_it(seed: int, day: date, gap: int) -> None:
    """Where nothing was recorded between two days, only the clock moves: no count of facts does."""
    rows = known_by(random_book(seed, buyers=8, orders=60), day)
    facts = ["buyer_id", "orders_ever", "amount_usd_cents_ever", "open_orders", "open_usd_cents", "claims_ever",
             "claims_accepted_ever", "claimed_usd_cents_ever", "name_variants", "registration_known"]  # fmt: skip
    before, after = taken(rows, [day]), taken(rows, [day + timedelta(days=gap)])
    assert before.select(facts).equals(after.select(facts))
