from datetime import date

import numpy as np
import pytest

from training.market import population
from training.market.countries import risk_table
from training.market.exporters import NEVER
from training.market.parameters import Parameters
from training.market.people import draw_population
from training.market.population import Population
from training.market.setting import Setting, draw_setting

COUNT = 3000


@pytest.fixture(scope="module")
def setting(parameters: Parameters) -> Setting:
    return draw_setting(parameters, date(2025, 12, 31), 4, 300, 4)


@pytest.fixture(scope="module")
def people(setting: Setting) -> Population:
    return draw_population(setting, COUNT)


def test_there_are_as_many_buyers_as_asked_each_with_its_own_number(people):
    assert len(people.buyers) == COUNT
    assert sorted(people.buyers.number.tolist()) == list(range(COUNT))


def test_numbers_say_nothing_about_owners(people):
    siblings = np.diff(people.buyers.owner) == 0
    assert siblings.sum() > 100
    assert np.abs(np.diff(people.buyers.number))[siblings].mean() > COUNT / 5


def test_blocks_hold_everybody_once(people, monkeypatch):
    monkeypatch.setattr(population, "OWNERS_IN_BLOCK", 170)
    blocks = people.blocks()
    assert np.concatenate([block.buyers.number for block in blocks]).tolist() == people.buyers.number.tolist()
    assert sum(len(block.owners) for block in blocks) == len(people.owners)
    for block in blocks:
        assert block.buyers.owner.min() == 0
        assert (block.buyers.enter >= block.owners.enter[block.buyers.owner]).all()


def test_sizes_have_a_heavy_tail(people):
    yearly = people.buyers.rate * 12
    assert 5 < np.median(yearly) < 20
    assert yearly.max() > 300


def test_a_circle_holds_only_exporters_registered_by_then(people, setting):
    entered = setting.calendar.starts[people.buyers.enter]
    assert (setting.exporters.registered_on[people.buyers.circle] <= entered[:, None]).all()
    assert people.buyers.weights[:, -1] == pytest.approx(1)


def test_bust_outs_are_few_and_pay_promptly(people, setting):
    planned = people.owners.start == setting.chain.index("building")
    assert 0 < planned.mean() < 0.03
    assert (people.buyers.habit[planned[people.buyers.owner]] == 0).all()


def test_frail_owners_lean_to_slow_habits_and_missing_registrations(people):
    frailty = people.owners.frailty[people.buyers.owner]
    assert people.buyers.habit[frailty == 4].mean() > people.buyers.habit[frailty == 0].mean() + 0.3
    assert people.buyers.registered[frailty == 4].mean() < people.buyers.registered[frailty == 0].mean() - 0.2


def test_currencies_are_quoted_throughout(people):
    assert "USD" in people.currencies
    assert "RUB" not in people.currencies
    assert people.buyers.currency.max() < len(people.currencies)


def test_exporters_insure_after_the_launch_and_are_whitelisted_after_that(setting):
    exporters = setting.exporters
    insuring = exporters.enrolled_on < NEVER
    assert (np.diff(exporters.registered_on) >= 0).all()
    assert (exporters.enrolled_on >= exporters.registered_on).all()
    assert (exporters.whitelisted_on[insuring] > exporters.enrolled_on[insuring]).all()
    assert (exporters.whitelisted_on[~insuring] == NEVER).all()
    assert 0.02 < (exporters.whitelisted_on < NEVER).mean() < 0.3


def test_fewer_exporters_are_known_earlier(setting):
    exporters = setting.exporters
    known = exporters.known_by(setting.calendar.starts)
    assert (np.diff(known) >= 0).all()
    assert known[0] >= 150
    assert exporters.known_by(np.array([-(10**6)])).tolist() == [1]


def test_a_class_follows_its_shock_and_returns(setting):
    there, months, countries = setting.there, setting.calendar, setting.parameters.countries
    table = risk_table(countries, there, months, 4).to_pylist()
    struck = {there.codes[place] for place in np.flatnonzero(there.shocked[:, : months.months - 8].any(axis=1))}
    assert struck
    for code in there.codes:
        classes = [row["risk_class"] for row in table if row["country"] == code]
        days = [row["effective_from"] for row in table if row["country"] == code]
        assert days == sorted(set(days))
        usual = countries.list[code].risk_class
        assert classes[0] == usual
        if code in struck and usual is not None and usual < 7:
            assert classes[1] > usual
        if code not in struck:
            assert len(classes) <= 2
