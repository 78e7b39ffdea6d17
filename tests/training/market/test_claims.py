"""Claims as they stand in a market: selection by cover, size and care, terms by year, recoveries."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pytest

from features.rates import usd_rate
from models.policy import policies
from tests.training.market.conftest import opened
from training.market.parameters import Accepted, DecisionDays
from training.market.simulate import Wish, simulate
from training.market.summary import figures


@pytest.fixture
def last_versions(large_book) -> list[dict[str, Any]]:
    query = """SELECT c.* EXCLUDE (recorded_at), o.ordered_on, o.amount_minor
               FROM claims c JOIN final_orders o USING (order_id)
               QUALIFY row_number() OVER (PARTITION BY claim_id ORDER BY c.recorded_at DESC) = 1"""
    result = large_book.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def test_an_accepted_claim_is_paid_at_the_rate_of_its_day_at_most(last_versions):
    whole = 0
    for claim in last_versions:
        if claim["outcome"] != "accepted":
            assert not claim["compensated_minor"]
            continue
        policy = policies().at(claim["ordered_on"])
        paid = {
            int((Decimal(claim["loss_minor"]) * policy.rate_bp(standing) / 10_000).to_integral_value(ROUND_HALF_UP))
            for standing in ("standard", "whitelisted")
        }
        assert 0 < claim["compensated_minor"] <= max(paid)
        whole += claim["compensated_minor"] in paid
    assert whole > 10


def test_claims_are_of_large_losses_and_most_defaults_are_never_claimed(large_book, last_versions):
    cents = [
        claim["loss_minor"] * usd_rate(claim["currency"], claim["filed_on"]).usd_cents_per_minor
        for claim in last_versions
    ]
    assert len(cents) > 30
    assert 2_000_000 < sum(cents) / len(cents) < 8_000_000
    (defaults,) = large_book.execute(
        "SELECT count(*) FROM fates WHERE defaulted AND due_on < DATE '2025-06-01'"
    ).fetchall()[0]
    assert len(cents) < 0.3 * defaults


@pytest.fixture
def slowly_decided(tmp_path, parameters):
    """Claims even of small losses, many rejected, and decided so late that buyers have often paid by then."""
    ours = parameters.programme.model_copy(
        update={"claim_size_usd": 500.0, "accepted": Accepted(complete=0.5, incomplete=0.5, disputed=0.5)}
    )
    late = parameters.recording.model_copy(
        update={"decision_days": DecisionDays(complete=(30, 90), incomplete=(30, 90))}
    )
    simulate(tmp_path / "market", Wish(400, 2, 3), parameters.model_copy(update={"programme": ours, "recording": late}))
    with opened(tmp_path / "market") as connection:
        yield connection


def test_what_a_buyer_pays_is_a_payment_until_its_claim_is_accepted_and_a_recovery_then(slowly_decided):
    slowly_decided.execute(
        """CREATE TABLE came AS
           SELECT coalesce(c.outcome, 'undecided') AS outcome, c.loss_minor, c.compensated_minor,
               CAST(coalesce(sum(p.amount_minor) FILTER (WHERE p.paid_on > c.filed_on), 0) AS BIGINT) AS paid,
               count(*) FILTER (WHERE c.outcome = 'accepted' AND p.paid_on > c.decided_on) AS too_late,
               c.recovered_minor AS recovered
           FROM (FROM claims QUALIFY row_number() OVER (PARTITION BY claim_id ORDER BY recorded_at DESC) = 1) c
           LEFT JOIN payments p USING (order_id) GROUP BY ALL"""
    )
    sums = "SELECT outcome, sum(paid) > 0, sum(recovered) > 0, sum(too_late) FROM came GROUP BY ALL ORDER BY ALL"
    assert slowly_decided.execute(sums).fetchall() == [
        ("accepted", True, True, 0),
        ("rejected", True, False, 0),
        ("undecided", True, False, 0),
        ("withdrawn", True, False, 0),
    ]
    beyond = "paid + recovered > loss_minor OR compensated_minor > 0.8 * (loss_minor - paid) + 1"
    assert slowly_decided.execute(f"SELECT * FROM came WHERE {beyond}").fetchall() == []
    # A claim is withdrawn where the buyer has paid; a payment may yet be unrecorded.
    unpaid = "SELECT count(*) FILTER (WHERE paid < loss_minor) < count(*) / 10 FROM came WHERE outcome = 'withdrawn'"
    assert slowly_decided.execute(unpaid).fetchall() == [(True,)]


def test_complete_documents_are_decided_sooner_and_more_often_accepted(last_versions):
    decided = [claim for claim in last_versions if claim["outcome"] is not None]

    def of(complete: bool) -> list[dict[str, Any]]:
        papers = ("has_orders", "has_customs", "has_communications")
        return [claim for claim in decided if all(claim[paper] for paper in papers) is complete]

    def accepted(claims: list[dict[str, Any]]) -> float:
        return float(np.mean([claim["outcome"] == "accepted" for claim in claims]))

    def days(claims: list[dict[str, Any]]) -> float:
        return float(np.mean([(claim["decided_on"] - claim["filed_on"]).days for claim in claims]))

    assert accepted(of(True)) > accepted(of(False)) + 0.1
    assert days(of(True)) < days(of(False)) / 2


def test_the_figures_are_about_those_reported(large, parameters):
    """Of two years, for one year of so small a market has too few claims to tell."""
    told = figures(large, parameters, 3000)
    years = [told["claims"][year] for year in ("2024", "2025")]
    claims = sum(year["claims"] for year in years)
    reported = told["reported_2024"]
    assert told["programmes"] == pytest.approx(0.1)
    assert 0.5 * reported["claims"] < claims / 2 / told["programmes"] < 2 * reported["claims"]
    mean = sum(year["claims"] * year["loss_per_claim_usd_cents"] for year in years) / claims
    assert 0.6 * reported["loss_per_claim_usd_cents"] < mean < 1.5 * reported["loss_per_claim_usd_cents"]
    assert 0.15 < told["claims"]["2024"]["recovered_share"] < 0.65
    assert 0.01 < told["default_probability"] < 0.05
    assert 10 < told["orders_a_buyer_year"] < 25
