"""The backward tables against the forward steps, and both against lives that were drawn."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from training.market.ceasing import Ceasing
from training.market.health import NO_DAY, live
from training.market.parameters import OPEN_MONTHS, Parameters
from training.market.population import Owners
from training.market.setting import Setting, draw_setting


@pytest.fixture(scope="module")
def setting(parameters: Parameters) -> Setting:
    return draw_setting(parameters, date(2025, 12, 31), 1, 60, 2)


@pytest.fixture(scope="module")
def ceasing(setting: Setting) -> Ceasing:
    return Ceasing(setting)


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


def test_owners_cease_to_pay_as_often_as_tabulated(setting):
    count, country, frailty = 40_000, 1, 3
    # Forty thousand owners in one country meet the same shocks, so they are left out of this one.
    there = replace(setting.there, starts=0 * setting.there.starts, shocked=setting.there.shocked & False)
    setting = replace(setting, there=there)
    state = setting.chain.index("distressed")
    owners = Owners(*(np.full(count, value) for value in (country, frailty, 0, state)))
    health = live(setting, owners, 0)
    alike = health.after[:, 0] == state
    ceased = health.ceased_on[:, 1:] < NO_DAY
    first, ever = np.argmax(ceased, axis=1), ceased.any(axis=1)
    for ahead in range(OPEN_MONTHS):
        expected = Ceasing(setting).within[0, country, frailty, 0, state, ahead]
        share = (ever & (first == ahead))[alike].mean()
        assert abs(share - expected) < 4 * np.sqrt(expected / alike.sum())
