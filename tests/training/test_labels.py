import itertools
from datetime import date, timedelta

import pyarrow as pa
import pytest

from features.book.folder import connect, open_book, write_table
from features.book.tables import CLAIMS
from features.errors import BookError, DataError
from features.snapshot import snapshot
from tests.training.books import at, order, payment, write_book
from training.config import DefaultDefinition, Snapshots, TrainingConfig
from training.labels import labels, prepare, snapshot_days

SEEN = date(2024, 1, 31)
SOLD = date(2024, 2, 10)
DUE = SOLD + timedelta(days=30)
LATER = date(2024, 12, 31)
CONFIG = TrainingConfig(horizon_days=90, default=DefaultDefinition(days_past_due=60))


@pytest.fixture
def label(tmp_path):
    """Label the buyer b1, seen at the end of January 2024, by a book of these rows."""

    def run(orders, payments, as_of=LATER, config=CONFIG, claims=()):
        # Another buyer's payment keeps the book alive until the training day.
        alive = [order("alive", "b9", as_of - timedelta(days=1))]
        write_book(tmp_path, [*orders, *alive], payments)
        write_table(tmp_path, CLAIMS, pa.Table.from_pylist(list(claims), schema=CLAIMS.arrow))
        with connect() as connection:
            open_book(tmp_path, connection)
            prepare(connection, as_of, config)
            return {row["buyer_id"]: row for row in labels(connection, [SEEN], config.horizon_days).to_pylist()}.get(
                "b1"
            )

    return run


def claim(outcome, decided_on, recorded_at=None):
    return {
        "claim_id": "c1",
        "order_id": "o1",
        "filed_on": DUE,
        "loss_minor": 100_000,
        "currency": "USD",
        "has_orders": True,
        "has_customs": True,
        "has_communications": True,
        "decided_on": decided_on,
        "outcome": outcome,
        "recorded_at": recorded_at or at(decided_on),
    }


@pytest.mark.parametrize(("days_late", "outcome"), [(-5, 0), (0, 0), (60, 0), (61, 1)])
def test_money_owed_after_the_days_past_due_is_a_default(label, days_late, outcome):
    found = label([order("o1", "b1", SOLD)], [payment("p1", "o1", DUE + timedelta(days=days_late))])
    assert (found["outcome"], found["orders"]) == (outcome, 1)


def test_an_order_never_paid_is_a_default_of_the_whole_amount(label):
    found = label([order("o1", "b1", SOLD)], [])
    assert (found["outcome"], found["lost_usd_cents"]) == (1, 100_000)


def test_part_payments_add_up(label):
    parts = [payment(f"p{n}", "o1", DUE, 50_000) for n in (1, 2)]
    assert label([order("o1", "b1", SOLD)], parts)["outcome"] == 0
    assert label([order("o1", "b1", SOLD)], parts[:1])["lost_usd_cents"] == 50_000


@pytest.mark.parametrize(
    ("parts", "outcome"),
    [([99_999], 0), ([99_998], 1), ([50_000, 49_998], 0), ([50_000, 49_997], 1), ([99_998, 1], 0), ([], 1)],
)
def test_a_cent_a_payment_may_be_missing_as_in_the_features(label, tmp_path, parts, outcome):
    found = label([order("o1", "b1", SOLD)], [payment(f"p{n}", "o1", DUE, part) for n, part in enumerate(parts)])
    seen = next(row for row in snapshot(tmp_path, [LATER]).to_pylist() if row["buyer_id"] == "b1")
    assert (found["outcome"], seen["overdue_orders"]) == (outcome, outcome)


def test_a_cent_that_was_never_paid_is_owed(label):
    assert label([order("o1", "b1", SOLD, amount=1)], [])["outcome"] == 1


def test_what_is_still_owed_may_be_too_little_to_matter(label):
    config = CONFIG.model_copy(update={"default": DefaultDefinition(days_past_due=60, materiality_usd_cents=60_000)})
    half = [payment("p1", "o1", DUE, 50_000)]
    assert label([order("o1", "b1", SOLD)], half, config=config)["outcome"] == 0
    assert label([order("o1", "b1", SOLD)], [], config=config)["outcome"] == 1


def test_a_payment_in_another_currency_counts_at_the_rates_of_the_orders_day(label):
    # 10 February 2024 takes Friday's rates: 1 EUR = 1.0772 USD = 7.7493 CNY; so 1,000 USD are 7,193.93 CNY.
    orders = [order("o1", "b1", SOLD)]
    assert label(orders, [payment("p1", "o1", DUE, 719_394, currency="CNY")])["outcome"] == 0
    assert label(orders, [payment("p1", "o1", DUE, 719_000, currency="CNY")])["outcome"] == 1


def test_an_accepted_claim_is_a_default_if_asked(label):
    paid = [payment("p1", "o1", DUE)]
    accepted = [claim("accepted", DUE + timedelta(days=90))]
    assert label([order("o1", "b1", SOLD)], paid, claims=accepted)["outcome"] == 1
    assert label([order("o1", "b1", SOLD)], paid, claims=[claim("rejected", DUE)])["outcome"] == 0
    only_days = CONFIG.model_copy(update={"default": DefaultDefinition(days_past_due=60, accepted_claim=False)})
    assert label([order("o1", "b1", SOLD)], paid, claims=accepted, config=only_days)["outcome"] == 0


@pytest.mark.parametrize(("days_after", "counted"), [(0, False), (1, True), (90, True), (91, False)])
def test_only_orders_of_the_horizon_count(label, days_after, counted):
    found = label([order("o1", "b1", SEEN + timedelta(days=days_after))], [])
    assert (found is not None) == counted


def test_nothing_recorded_after_the_training_day_is_looked_at(label):
    late = at(LATER + timedelta(days=1), 0)
    orders = [order("o1", "b1", SOLD)]
    assert label(orders, [payment("p1", "o1", DUE, recorded_at=late)])["outcome"] == 1
    paid = [payment("p1", "o1", DUE)]
    assert label(orders, paid, claims=[claim("accepted", DUE, late)])["outcome"] == 0
    cheaper = order("o1", "b1", SOLD, amount=1, recorded_at=late)
    assert label([*orders, cheaper], [])["lost_usd_cents"] == 100_000


def test_an_amount_without_a_rate_is_named_once_it_is_known(label):
    paid = payment("p1", "o1", DUE, currency="AED")
    with pytest.raises(BookError, match="order o1: AED has no ECB rate on 2024-02-10"):
        label([order("o1", "b1", SOLD)], [paid])
    later = paid | {"recorded_at": at(LATER + timedelta(days=1), 0)}
    assert label([order("o1", "b1", SOLD)], [later])["outcome"] == 1


def test_an_outcome_that_cannot_be_known_yet_is_left_out_and_counted(label):
    # One order in two hundred has terms far beyond the usual longest.
    usual = [order(f"u{n}", "b2", SOLD) for n in range(200)]
    found = label([*usual, order("o1", "b1", SOLD), order("o2", "b1", SOLD, terms=400)], [payment("p1", "o1", DUE)])
    assert (found["orders"], found["orders_unknown"], found["outcome"]) == (1, 1, 0)


def test_snapshot_days_step_back_from_the_last_mature_one(tmp_path):
    write_book(tmp_path, [order("o1", "b1", date(2023, 1, 1)), order("o2", "b1", LATER)], [])
    with connect() as connection:
        open_book(tmp_path, connection)
        ripeness = prepare(connection, LATER, CONFIG)
    assert ripeness.wait_days == 90 + 30 + 60 + 0
    days = snapshot_days(ripeness, CONFIG)
    assert days[-1] == LATER - timedelta(days=180)
    assert {(b - a).days for a, b in itertools.pairwise(days)} == {30}
    assert days[0] >= date(2023, 1, 31)


def test_snapshot_days_may_be_the_ends_of_months(tmp_path):
    write_book(tmp_path, [order("o1", "b1", date(2023, 1, 1)), order("o2", "b1", LATER)], [])
    months = CONFIG.model_copy(update={"snapshots": Snapshots(every_months=2, most=3)})
    with connect() as connection:
        open_book(tmp_path, connection)
        ripeness = prepare(connection, LATER, months)
    assert snapshot_days(ripeness, months) == [date(2024, 2, 29), date(2024, 4, 30), date(2024, 6, 30)]


@pytest.mark.parametrize(
    ("as_of", "message"),
    [(date(2022, 1, 1), "comes before every order"), (date(2026, 1, 1), "366 days after the book's last record")],
)
def test_a_training_day_outside_the_data_is_named(tmp_path, as_of, message):
    write_book(tmp_path, [order("o1", "b1", date(2023, 1, 1)), order("o2", "b1", LATER)], [])
    with connect() as connection:
        open_book(tmp_path, connection)
        with pytest.raises(DataError, match=message):
            prepare(connection, as_of, CONFIG)
