import json
from datetime import date

from models.policy import policies
from tests.training.markets import as_of
from training.whitelist import candidates, later_losses, summary

DAY = date(2024, 6, 30)
POLICY = policies().at(DAY)


def test_candidates_come_with_evidence_and_what_became_of_them(small_market):
    found = candidates(small_market, DAY, POLICY, None)
    later = later_losses(small_market, DAY, found, POLICY, draws=200)
    told = json.loads(json.dumps(summary(found, later)))
    assert told["counts"]["candidate"] > 5
    assert sum(told["counts"].values()) == len(told["exporters"])
    for each in told["exporters"]:
        assert (each["status"] == "candidate") <= all(one["missing"] == 0 for one in each["criteria"])
    value, low, high = told["later_loss_bp"]["candidates"]
    assert 0 <= low <= value <= high


def test_nothing_of_the_future_makes_a_candidate(small_market, tmp_path):
    past = as_of(small_market, DAY, tmp_path / "past")
    assert candidates(past, DAY, POLICY, None) == candidates(small_market, DAY, POLICY, None)
