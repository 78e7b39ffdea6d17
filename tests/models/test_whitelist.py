from dataclasses import replace
from datetime import date

import pytest

from features.book.exporter_records import ExporterRecord
from models.policy import policies
from models.whitelist import candidacies

POLICY = policies().at(date(2026, 1, 1))
ASKED = POLICY.whitelist
GOOD = ExporterRecord(
    exporter_id="e1",
    tenure_days=1000,
    orders=400,
    trade=2_000_000_00,
    documented_orders=396,
    claims=0,
    documented_claims=0,
    disputes=0,
    matured_orders=350,
    matured_trade=1_800_000_00,
    lost=0,
    top_buyer_trade=300_000_00,
    buyer_pd=0.01,
)
OTHERS = [replace(GOOD, exporter_id=f"x{number}", lost=20_000_00) for number in range(20)]


def judged(**changes):
    return candidacies([replace(GOOD, **changes), *OTHERS], POLICY)[0]


def test_a_good_record_makes_a_candidate():
    found = judged()
    assert (found.status, found.missing, found.excluded_for) == ("candidate", (), ())


@pytest.mark.parametrize(
    ("change", "name", "missing"),
    [
        ({"tenure_days": ASKED.tenure_days - 3}, "tenure_days", 3),
        ({"trade": ASKED.trade - 100, "top_buyer_trade": 0}, "trade", 100),
        ({"documented_orders": 0}, "documents_share", ASKED.documents_share),
        ({"claims": 1}, "documents_share", ASKED.documents_share),
        ({"top_buyer_trade": GOOD.trade}, "top_buyer_share", 10_000 - ASKED.top_buyer_share),
        ({"buyer_pd": 0.5}, "buyer_pd", 5000 - ASKED.buyer_pd),
    ],
)
def test_what_is_missing_is_told_by_how_much(change, name, missing):
    found = judged(**change)
    assert found.status == "not_yet"
    assert [(each.name, each.missing) for each in found.missing] == [(name, missing)]


def test_heavy_losses_or_disputes_exclude():
    assert judged(lost=GOOD.matured_trade).excluded_for == ("loss_share",)
    found = judged(disputes=GOOD.orders)
    assert (found.status, found.excluded_for) == ("excluded", ("dispute_share",))


def test_a_short_record_leans_on_the_book():
    short = judged(matured_orders=2, matured_trade=10_000_00, lost=10_000_00)
    long = judged(lost=GOOD.matured_trade)
    shares = [next(each.value for each in found.criteria if each.name == "loss_share") for found in (short, long)]
    assert shares[0] < 1000 < shares[1]


def test_without_a_model_the_buyers_are_not_held_against_the_exporter():
    assert judged(buyer_pd=None).status == "candidate"


def test_the_higher_rate_costs_its_part_of_the_expected_loss():
    found = judged()
    loss = next(each.value for each in found.criteria if each.name == "loss_share")
    rates = POLICY.rate_bp("whitelisted") - POLICY.rate_bp("standard")
    expected = GOOD.trade * loss / 10_000 * POLICY.loss_given_default / 10_000 * rates / 10_000
    assert found.extra_compensation == pytest.approx(expected, abs=2)


def test_a_book_without_exporters_has_no_candidates():
    assert candidacies([], POLICY) == []
