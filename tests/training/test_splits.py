from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from features.errors import DataError
from training.splits import rolling_origins, split_by_time


def ladder(count, step):
    return [date(2020, 1, 1) + timedelta(days=step * n) for n in range(count)]


@given(st.integers(2, 80), st.integers(1, 60), st.integers(1, 400), st.floats(0.05, 0.95))
def test_every_training_outcome_was_known_on_the_first_day_judged(count, step, wait_days, train_share):
    assume(wait_days <= step * (count - 1))
    days = ladder(count, step)
    split = split_by_time(days, wait_days, train_share)
    assert split.train
    assert split.test
    assert split.train[-1] + timedelta(days=wait_days) <= split.cut
    assert sorted([*split.train, *split.between, *split.test]) == days


def test_too_short_a_history_is_named():
    with pytest.raises(DataError, match="an outcome takes 200 days to be known"):
        split_by_time(ladder(3, 30), 200, 0.6)
    with pytest.raises(DataError, match="none"):
        split_by_time([], 200, 0.6)


@given(st.integers(2, 80), st.integers(1, 60), st.integers(1, 400), st.floats(0.05, 0.95), st.integers(1, 8))
def test_each_origin_fits_on_what_was_known_on_its_first_day_and_nothing_is_judged_twice(
    count, step, wait_days, train_share, parts
):
    assume(wait_days <= step * (count - 1))
    days = ladder(count, step)
    split = split_by_time(days, wait_days, train_share)
    origins = rolling_origins(days, split, wait_days, parts)
    assert [day for each in origins for day in each.test] == list(split.test)
    assert origins[0].train == split.train
    assert len(origins) == min(parts, len(split.test))
    for each in origins:
        assert each.train[-1] + timedelta(days=wait_days) <= each.cut
        # Nothing that could have been known is left out.
        assert all(day + timedelta(days=wait_days) > each.cut for day in each.between)


def test_days_that_had_not_ripened_by_then_are_used_for_neither():
    split = split_by_time(ladder(20, 30), 100, 0.6)
    shorter = split.mature_by(split.train[-2])
    assert (shorter.train, shorter.test, shorter.cut) == (split.train[:-1], split.test, split.cut)
    assert shorter.between == (split.train[-1], *split.between)
    assert split.mature_by(split.train[-1]) == split
