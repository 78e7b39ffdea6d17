"""The backward tables against the forward steps, and both against lives that were drawn."""

from datetime import date

import numpy as np
import pytest

from training.market.calendar import Calendar, calendar
from training.market.ceasing import Ceasing
from training.market.countries import World, world
from training.market.health import NO_DAY, Chain, live
from training.market.parameters import OPEN_MONTHS, Parameters
from training.market.streams import stream


@pytest.fixture(scope="module")
def months(parameters: Parameters) -> Calendar:
    return calendar(date(2025, 12, 31), 1, parameters.countries.festival)


@pytest.fixture(scope="module")
def there(parameters: Parameters, months: Calendar) -> World:
    return world(parameters.countries, months, 1)


@pytest.fixture(scope="module")
def ceasing(parameters: Parameters, months: Calendar, there: World) -> Ceasing:
    return Ceasing(Chain(parameters), there, months, np.array([0.5, 2.0]))


def test_a_step_loses_and_makes_no_probability(ceasing):
    alpha = np.random.default_rng(1).random((2, len(ceasing.chain.names), 3, 4))
    moved = ceasing.step(alpha, np.array([0, 1, 2, 3]))
    assert moved.sum(axis=(0, 1)) == pytest.approx(alpha.sum(axis=(0, 1)))


def test_stepping_forward_gives_what_was_tabulated_backward(ceasing):
    """The probability to cease in the third month after a state, both ways."""
    country, frailty, ordering = 4, 1, ceasing.chain.ordering
    for shock in (0, 1):
        for state in range(len(ceasing.chain.names)):
            alpha = np.zeros((2, len(ceasing.chain.names), 1, 1))
            alpha[shock, state] = 1.0
            for ahead in range(3):
                alpha = ceasing.step(alpha, np.array([country]))
                hazard = ceasing.hazard[3 + ahead, country, frailty][..., None, None]
                if ahead == 2:
                    assert (alpha[:, :ordering] * hazard).sum() == pytest.approx(
                        ceasing.within[2, country, frailty, shock, state, 2]
                    )
                alpha[:, :ordering] *= 1 - hazard


def test_owners_cease_to_pay_as_often_as_tabulated(parameters, months, there, ceasing):
    count, country = 40_000, 1
    chain = ceasing.chain
    # Forty thousand owners in one country meet the same shocks, so they are left out of this one.
    calm = World(there.codes, there.shares, there.slow, there.hazard, there.starts * 0, 1.0, there.shocked & False)
    without = Ceasing(chain, calm, months, np.array([0.5, 2.0]))
    at, start = np.full(count, country), np.full(count, chain.index("distressed"))
    health = live(
        chain, at, np.full(count, 2.0), np.zeros(count, dtype=np.int64), start, calm, months, stream(2, "health")
    )
    alike = health.after[:, 0] == chain.index("distressed")
    first = np.argmax(health.ceased_on[:, 1:] < NO_DAY, axis=1)
    ever = (health.ceased_on[:, 1:] < NO_DAY).any(axis=1)
    for ahead in range(OPEN_MONTHS):
        expected = without.within[0, country, 1, 0, chain.index("distressed"), ahead]
        share = (ever & (first == ahead))[alike].mean()
        assert abs(share - expected) < 4 * np.sqrt(expected / alike.sum())
