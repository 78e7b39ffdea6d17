"""What lifts a stop of cover, told of every row of acts that persons, events and the machine may set upon it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from serving.desk.stops import Act, stop_stands

DAY = date(2026, 6, 1)
STOP = Act("event", "suspended", 0, DAY)
LIFT = Act("event", "restored", 0, DAY)
NOTHING_BY_ONE = Act("one", "cancelled", 0, DAY)
GIVEN_BY_TWO = Act("two", "approved", 5_000_000, DAY)

acts_of_one = st.builds(
    Act, st.just("one"), st.sampled_from(["approved", "cancelled", "suspended", "restored"]), st.integers(0, 2_000_000),
    st.just(DAY), st.sampled_from([None, DAY, DAY + timedelta(days=30)]),
)  # fmt: skip


@given(st.lists(acts_of_one))
def test_nobody_alone_lifts_a_stop_however_many_steps_they_take(acts):
    assert stop_stands([STOP, *acts], DAY)


@given(st.lists(acts_of_one))
def test_nobody_makes_a_stop_that_no_event_set(acts):
    assert not stop_stands(acts, DAY)
    assert not stop_stands([STOP, LIFT, *acts], DAY)


def test_two_lift_it_by_what_gives_cover_again():
    assert not stop_stands([STOP, NOTHING_BY_ONE, GIVEN_BY_TWO], DAY)
    assert not stop_stands([STOP, NOTHING_BY_ONE, Act("two", "restored", 0, DAY)], DAY)
    assert stop_stands([STOP, Act("two", "cancelled", 0, DAY)], DAY)
    assert stop_stands([STOP, GIVEN_BY_TWO, STOP], DAY)


def test_an_act_lifts_it_as_long_as_it_holds():
    ended = Act("two", "approved", 5_000_000, DAY - timedelta(days=9), DAY)
    assert not stop_stands([STOP, ended], DAY - timedelta(days=1))
    assert stop_stands([STOP, ended], DAY)
    assert stop_stands([STOP, ended, NOTHING_BY_ONE], DAY)


def test_a_reduction_by_an_event_counts_from_the_day_on_which_it_holds():
    later = Act("event", "reduced", 100, DAY + timedelta(days=5))
    assert stop_stands([STOP, later], DAY)
    assert not stop_stands([STOP, later], DAY + timedelta(days=5))


def test_who_undoes_an_act_lifts_nothing_and_takes_no_other_lift_back():
    undoing = Act("undoing", "cancelled", 0, DAY)
    assert stop_stands([STOP, NOTHING_BY_ONE, undoing], DAY)
    assert not stop_stands([STOP, GIVEN_BY_TWO, undoing], DAY)
    assert stop_stands([STOP, Act("undoing", "restored", 0, DAY)], DAY)


def test_what_rescoring_puts_back_lifts_what_came_after_it_and_nothing_before():
    back = Act("rescoring", "approved", 100, DAY)
    assert not stop_stands([Act("one", "approved", 100, DAY), STOP, back], DAY)
    assert stop_stands([STOP, NOTHING_BY_ONE, STOP, back], DAY)
