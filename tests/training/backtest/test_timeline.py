import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.backtest.timeline import Timeline

ENTRY = st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 99), st.integers(1, 30))


def as_arrays(rows, columns):
    return [np.array([row[column] for row in rows], dtype=np.int64) for column in range(columns)]


@given(
    st.lists(ENTRY, max_size=30), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 80)), min_size=1, max_size=20)
)
def test_it_answers_as_looking_through_the_list_does(entries, asked):
    buyer, day, amount, length = as_arrays(entries, 4)
    timeline = Timeline.of(buyer, day, amount, day + length)
    who, when = as_arrays(asked, 2)
    found = timeline.at(who, when, np.full(len(asked), -7))
    for place, (buyer_, day_) in enumerate(asked):
        known = [entry for entry in entries if entry[0] == buyer_ and entry[1] <= day_]
        if not known:
            assert found[place] == -7
            continue
        newest = max(entry[1] for entry in known)
        holding = [entry for entry in known if entry[1] == newest][-1]
        assert found[place] == (holding[2] if newest + holding[3] > day_ else 0)
