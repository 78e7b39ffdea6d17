import json
import re
from datetime import date
from io import StringIO

import pytest
from rich.console import Console

from features.errors import DataError
from models.policy import policies
from tests.training.markets import as_of
from training.whitelist import candidates, later_losses, show, summary

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


def test_a_person_reads_units_and_intervals(small_market):
    found = candidates(small_market, DAY, POLICY, None)
    console = Console(width=80, record=True, file=StringIO())
    show(found, later_losses(small_market, DAY, found, POLICY, draws=50), console)
    told = console.export_text()
    assert re.search(r"others \d+ \[\d+, \d+\]", " ".join(told.split()))
    assert re.search(r"loss_share \d+\.\d\d points", told)
    assert re.search(r"trade USD [\d,]+", told)
    assert "Estimate" not in told


def test_a_book_that_ends_before_the_later_days_do_loses_no_more_for_its_silence(small_market, tmp_path):
    found, end = candidates(small_market, DAY, POLICY, None), date(2025, 2, 28)
    past = as_of(small_market, end, tmp_path / "past")
    later = later_losses(past, DAY, found, POLICY, days=365, draws=50)
    assert later == later_losses(small_market, DAY, found, POLICY, days=(end - DAY).days, draws=50)
    assert later.until == end
    assert summary(found, later)["later_until"] == "2025-02-28"
    with pytest.raises(DataError, match="end on 2025-02-28"):
        later_losses(past, date(2025, 1, 15), found, POLICY)


def test_nothing_of_the_future_makes_a_candidate(small_market, tmp_path):
    past = as_of(small_market, DAY, tmp_path / "past")
    assert candidates(past, DAY, POLICY, None) == candidates(small_market, DAY, POLICY, None)
