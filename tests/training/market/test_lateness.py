import numpy as np
import pytest

from training.market.lateness import Lateness
from training.market.parameters import Parameters
from training.market.streams import stream


@pytest.fixture(scope="module")
def lateness(parameters: Parameters) -> Lateness:
    return Lateness(parameters)


def test_days_late_are_a_distribution_that_ends_on_the_day_of_default(lateness, parameters):
    assert lateness.late.sum(axis=-1) == pytest.approx(1)
    assert (lateness.late >= 0).all()
    assert lateness.earliest + lateness.late.shape[-1] - 1 == parameters.overdue_days


def test_worse_health_slower_habits_and_disputes_pay_later(lateness, parameters):
    mean = lateness.late @ np.arange(lateness.late.shape[-1])
    states = list(parameters.states)
    order = [states.index(name) for name in ("strong", "sound", "fading", "distressed")]
    assert (np.diff(mean[order], axis=0) > 0).all()
    assert (np.diff(mean, axis=1) >= 0).all()
    assert (mean[..., 1] > mean[..., 0]).all()


def test_draws_follow_the_table(lateness):
    count = 40_000
    state, habit, disputed = (np.full(count, value) for value in (3, 1, 1))
    drawn = lateness.draw_late(state, habit, disputed, stream(1, "payments"))
    shares = np.bincount(drawn - lateness.earliest, minlength=lateness.late.shape[-1]) / count
    assert shares == pytest.approx(lateness.late[3, 1, 1], abs=0.008)


def test_days_open_are_those_of_terms_and_delay(lateness):
    count, rng = 40_000, stream(1, "payments")
    days = lateness.draw_terms(np.full(count, 1), rng)
    days += lateness.draw_late(np.full(count, 2), np.full(count, 0), np.full(count, 0), rng)
    for day in (0, 30, 45, 60, 90):
        assert lateness.open_for[2, 0, 1, 0, day] == pytest.approx((days >= day).mean(), abs=0.012)


def test_who_plans_to_vanish_asks_for_the_longest_terms(lateness, parameters):
    striking = list(parameters.states).index("striking")
    assert lateness.open_for[striking, 0, 0] == pytest.approx(lateness.open_for[striking, 0, lateness.longest])
