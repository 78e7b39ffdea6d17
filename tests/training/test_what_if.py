import json

import pytest

from models.policy import policies
from tests.training.markets import CONFIG, END
from training.what_if import summary, what_if

LAUNCH, NOW = policies().versions


@pytest.fixture(scope="module")
def compared(small_market):
    return what_if(small_market, END, 2, CONFIG, LAUNCH, NOW)


def test_the_launch_terms_cover_less_and_pay_less(compared):
    told = json.loads(json.dumps(summary(compared)))
    assert told["difference"]["trade_covered_usd"][0] < 0
    assert told["difference"]["compensation_usd"][0] < 0
    assert told["policy"]["now"]["limits_usd"] < told["against"]["now"]["limits_usd"]
    assert told["buyers"]["lose"] > told["buyers"]["gain"]
    assert all(each["policy_usd"] <= 80_000 for each in told["buyers"]["movers"])
    assert sum(told["buyers"][word] for word in ("gain", "lose", "same")) == len(compared.ours.run.decisions)


def test_a_policy_against_itself_changes_nothing(small_market):
    told = summary(what_if(small_market, END, 1, CONFIG, NOW, NOW))
    assert {value for estimate in told["difference"].values() for value in estimate} == {0.0}
    assert told["buyers"]["movers"] == []
