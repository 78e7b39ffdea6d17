import json

import pytest
from rich.console import Console

from models.policy import policies
from tests.training.markets import CONFIG, END
from training.what_if import show, summary, what_if

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


def test_people_read_amounts_in_digits_and_shares_in_percent(compared):
    console = Console(record=True, width=160)
    show(compared, console)
    written = console.export_text()
    covered = summary(compared)["policy"]["replayed"]["trade_covered_usd"][0]
    assert f"{covered:,.0f}" in written
    assert "80,000 USD" in written
    assert "%" in written
    assert "e+" not in written
