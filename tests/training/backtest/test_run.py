import json
from datetime import date, timedelta

import numpy as np
import pytest
import vl_convert

from features.errors import CallerError, DataError
from models.bundle import Bundle
from models.champion import Champion
from models.pd.constant import ConstantPd
from models.policy import Policies, policies
from tests.training.markets import CONFIG, END
from training.backtest.chart import frontier_chart
from training.backtest.run import CALIBRATED, FLAT, MODEL, THUMB, TRUTH, VERSION, Wish, backtest
from training.backtest.summary import summary
from training.backtest.walk import look_back


def total(found, strategy, measure):
    return int(found.outcomes[strategy].of(measure).sum())


def test_every_strategy_replays_the_same_orders(found):
    assert set(found.outcomes) == {FLAT, THUMB, MODEL, CALIBRATED, TRUTH}
    asked = {name: each.of("asked").tolist() for name, each in found.outcomes.items()}
    assert all(each == asked[FLAT] for each in asked.values())
    assert found.orders > 3000


def test_no_limit_covers_more_than_the_cap_does(found):
    for strategy in (THUMB, MODEL, TRUTH):
        assert 0 < total(found, strategy, "covered") < total(found, FLAT, "covered") < total(found, FLAT, "asked")


def test_quarters_begin_with_the_programme(small_market):
    late = policies().versions[-1].model_copy(update={"effective_from": date(2025, 2, 1)})
    walk = look_back(small_market, END, 8, CONFIG, Policies((late,)))
    assert walk.quarters[0].as_of == date(2025, 3, 31)
    never = late.model_copy(update={"effective_from": date(2027, 1, 1)})
    with pytest.raises(CallerError, match="leave none from 2027-01-01"):
        look_back(small_market, END, 8, CONFIG, Policies((never,)))


def test_quarters_follow_one_another_and_learn_more(found):
    days = [quarter.as_of for quarter in found.quarters]
    assert days == sorted(days)
    assert all(day + timedelta(days=1) == date(day.year + (day.month == 12), day.month % 12 + 1, 1) for day in days)
    assert np.diff([quarter.trained_on[0] for quarter in found.quarters]).min() > 0


def test_the_model_covers_more_than_the_rule_of_thumb_at_its_loss_and_the_truth_more_still(found):
    told = summary(found)["at_equal_loss"]["net"]
    assert told["trade_gain_vs_rule_of_thumb"][0] > 0
    assert told["trade_gain_of_truth_vs_rule_of_thumb"][0] > told["trade_gain_vs_rule_of_thumb"][0]


def test_the_frontier_rises_in_trade_and_loss(found):
    for frontier in found.frontiers.values():
        losses, trades = frontier.points(found.resampling, "net")
        assert (np.diff(trades[0]) >= 0).all()
        assert trades[0][0] < trades[0][-1]
        assert losses[0][0] < losses[0][-1]


def test_the_appetite_is_calibrated_only_on_outcomes_mature_by_then(found):
    assert found.control[0] is None
    known = [scale for scale in found.control if scale is not None]
    assert known
    assert set(known) <= set(found.wish.scales)
    assert found.calibrated.scale in found.wish.scales
    assert (found.calibrated.calibrated_on, found.calibrated.quarters) == (END, len(found.quarters))


def test_the_summary_is_json_and_says_what_it_cannot_know(found):
    told = json.loads(json.dumps(summary(found)))
    assert len(told["quarters"]) == len(found.quarters)
    assert told["cannot_know"]
    by_quarter = sum(each["strategies"][MODEL]["trade_covered_usd"][0] for each in told["quarters"])
    assert by_quarter == pytest.approx(told["strategies"][MODEL]["trade_covered_usd"][0])
    value, low, high = told["strategies"][MODEL]["loss_ratio_bp"]
    assert low < value < high


def test_a_given_version_is_tried_as_it_is_beside_the_others(small_market):
    model = ConstantPd().fit(np.zeros((4, 1)), np.array([0.0, 0.0, 0.0, 1.0]))
    given = Champion("7", Bundle(date(2020, 1, 1), 90, {}, ("tenure_days",), model))
    found = backtest(small_market, Wish(END, quarters=1, scales=(1.0,), draws=0), CONFIG, policies(), [given])
    assert set(found.outcomes) == {FLAT, THUMB, MODEL, CALIBRATED, TRUTH, f"{VERSION}7"}
    # A PD of a quarter for everybody is beyond every grade that gets a limit, so that nobody is covered by one.
    assert total(found, f"{VERSION}7", "covered") < total(found, MODEL, "covered")
    assert "version 7" in vl_convert.vegalite_to_svg(frontier_chart(found).to_json())


def test_a_champion_that_saw_the_future_is_refused(small_market):
    model = ConstantPd().fit(np.zeros((4, 1)), np.array([0.0, 1.0, 0.0, 0.0]))
    seer = Champion("9", Bundle(END, 90, {}, ("tenure_days",), model))
    with pytest.raises(CallerError, match=f"model version 9: was trained as of {END}"):
        backtest(small_market, Wish(END, quarters=1, scales=(1.0,), draws=0), CONFIG, policies(), [seer])


def test_a_book_too_young_says_what_it_takes(small_market):
    with pytest.raises((DataError, CallerError), match=r"load .*longer history|leave none"):
        backtest(small_market, Wish(date(2022, 9, 30), quarters=4, scales=(1.0,), draws=0), CONFIG, policies())
    with pytest.raises(CallerError, match="quarters 0: "):
        backtest(small_market, Wish(END, quarters=0), CONFIG, policies())
