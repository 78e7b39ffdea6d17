import numpy as np
import pytest

from training.market.streams import PURPOSES, days_between, pick, stream


def test_a_stream_is_the_same_each_time_and_no_other_s():
    first = {(purpose, block): stream(1, purpose, block).random() for purpose in PURPOSES for block in (0, 1)}
    again = {(purpose, block): stream(1, purpose, block).random() for purpose in PURPOSES for block in (0, 1)}
    assert first == again
    assert len(set(first.values())) == len(first)
    assert stream(2, "orders").random() != first["orders", 0]


def test_positions_come_in_proportion_to_their_shares():
    drawn = np.bincount(pick(stream(1, "orders"), {"a": 1.0, "b": 3.0, "c": 0.0}, 20_000), minlength=3)
    assert drawn[2] == 0
    assert drawn[1] / drawn[0] == pytest.approx(3, rel=0.1)


def test_both_bounds_of_days_are_drawn():
    assert set(days_between(stream(1, "orders"), (2, 4), 200).tolist()) == {2, 3, 4}
