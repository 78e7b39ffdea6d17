from datetime import date

import numpy as np
import pytest

from training.market.chain import REST_MONTHS, Chain
from training.market.health import NO_DAY, Health, live
from training.market.parameters import LEFT, Parameters
from training.market.population import Owners
from training.market.setting import Setting, draw_setting

COUNT = 4000


@pytest.fixture(scope="module")
def setting(parameters: Parameters) -> Setting:
    return draw_setting(parameters, date(2025, 12, 31), 3, 60, 1)


@pytest.fixture(scope="module")
def chain(setting: Setting) -> Chain:
    return setting.chain


@pytest.fixture(scope="module")
def lives(setting: Setting, chain: Chain) -> Health:
    zeros = np.zeros(COUNT, dtype=np.int64)
    start = np.where(np.arange(COUNT) % 50 == 0, chain.index("building"), chain.index("fading"))
    return live(setting, Owners(country=zeros, frailty=zeros + 2, enter=np.arange(COUNT) % 12, start=start), 0)


def test_moves_are_certain_to_lead_somewhere(chain):
    assert chain.moves.sum(axis=2) == pytest.approx(1)
    assert (chain.moves >= 0).all()


def test_a_shock_hastens_decline(chain):
    calm, shock = chain.moves
    row, down = chain.index("sound"), chain.index("fading")
    assert shock[row, down] > 2 * calm[row, down]


def test_the_hazard_rises_with_what_bears_on_it_and_a_plan_knows_none(chain):
    one = chain.hazards(chain.strain(np.array([1.0]), np.array([1.0]), np.array([False]), 0.0))[0]
    more = chain.hazards(chain.strain(np.array([2.0]), np.array([1.5]), np.array([True]), 1.0))[0]
    assert one == pytest.approx(chain.hazard)
    assert (more[~chain.planned] > 3 * one[~chain.planned]).all()
    assert more[chain.planned] == pytest.approx(one[chain.planned])


def test_nobody_is_there_before_entering(chain, lives):
    for owner in range(12):
        assert (lives.during[owner, :owner] == chain.index(LEFT)).all()
        assert lives.during[owner, owner] != chain.index(LEFT)


def test_owners_cease_to_pay_within_their_month_and_not_twice_in_a_rest(chain, lives, setting):
    owner, month = np.nonzero(lives.ceased_on < NO_DAY)
    days = lives.ceased_on[owner, month]
    assert len(owner) > 500
    assert (setting.calendar.month_of(days) == month).all()
    assert (lives.during[owner, month] < chain.ordering).all()


def test_who_comes_back_stays_away_for_four_months_and_recovers(chain, lives):
    owner, month = np.nonzero(lives.back[:, :-REST_MONTHS])
    assert len(owner) > 100
    for rest in range(REST_MONTHS):
        assert (lives.after[owner, month + rest] == chain.ordering + rest).all()
    assert (lives.during[owner, month + REST_MONTHS] == chain.index("recovering")).all()


def test_who_does_not_come_back_is_gone(chain, lives):
    gone = (lives.ceased_on < NO_DAY) & ~lives.back
    owner, month = np.nonzero(gone[:, :-1])
    assert (lives.during[owner, month + 1] == chain.index(LEFT)).all()


def test_bust_outs_never_mix_with_the_others(chain, lives):
    planned = {chain.index("building"), chain.index("striking")}
    ordinary = lives.during[np.arange(COUNT) % 50 != 0]
    assert not np.isin(ordinary, list(planned)).any()
    assert not lives.back[np.arange(COUNT) % 50 == 0].any()
