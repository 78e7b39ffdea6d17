from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from features.book.folder import connect, open_book, write_table
from features.book.tables import CLAIMS
from features.catalogue import CATALOGUE
from models.demand import OWED_SHARE
from tests.training.books import at, order, payment, write_book
from training.config import TrainingConfig
from training.dataset import Dataset
from training.labels import prepare
from training.severity import fit_severity, losses

SOLD = date(2024, 1, 10)
DUE = SOLD + timedelta(days=30)
DEFAULT = DUE + timedelta(days=60)
LATER = date(2025, 6, 30)
NAMES = [feature.name for feature in CATALOGUE]


@pytest.fixture
def lost(tmp_path):
    """Tell what b1 owed and lost, by a book of these rows."""

    def run(payments=(), claims=(), as_of=LATER):
        alive = [order("alive", "b9", as_of - timedelta(days=1))]
        write_book(tmp_path, [order("o1", "b1", SOLD), *alive], list(payments))
        write_table(tmp_path, CLAIMS, pa.Table.from_pylist(list(claims), schema=CLAIMS.arrow))
        with connect() as connection:
            open_book(tmp_path, connection)
            ripeness = prepare(connection, as_of, TrainingConfig())
            return losses(connection, ripeness, TrainingConfig()).to_pylist()

    return run


def claim(recovered, recorded_on):
    return {
        "claim_id": "c1", "order_id": "o1", "filed_on": DEFAULT, "loss_minor": 100_000, "currency": "USD",
        "has_orders": True, "has_customs": True, "has_communications": True,
        "recovered_minor": recovered, "recorded_at": at(recorded_on),
    }  # fmt: skip


def test_what_comes_in_after_the_default_is_not_lost(lost):
    late = payment("p1", "o1", DEFAULT + timedelta(days=20), 30_000)
    assert lost([late]) == [{"buyer_id": "b1", "owed": 100_000, "lost": 70_000}]


def test_a_payment_before_the_default_is_owed_no_more(lost):
    early = payment("p1", "o1", DUE, 30_000)
    assert lost([early]) == [{"buyer_id": "b1", "owed": 70_000, "lost": 70_000}]


def test_recoveries_on_a_claim_count_in_their_newest_version_and_never_above_what_was_owed(lost):
    versions = [claim(10_000, DEFAULT), claim(45_000, DEFAULT + timedelta(days=90))]
    assert lost(claims=versions)[0]["lost"] == 55_000
    assert lost([payment("p1", "o1", DEFAULT + timedelta(days=1), 90_000)], versions)[0]["lost"] == 0


def test_a_recovery_counts_in_a_currency_that_no_order_or_payment_has(lost):
    # 10 January 2024: 1 EUR = 1.0946 USD = 7.8476 CNY, so that 3,584.69 CNY are 500 USD.
    (found,) = lost(claims=[claim(358_469, DEFAULT) | {"currency": "CNY"}])
    assert round(found["lost"]) == 50_000


def test_a_recovery_that_was_not_known_yet_is_lost_still(lost):
    assert lost(claims=[claim(45_000, LATER + timedelta(days=1))])[0]["lost"] == 100_000


def test_a_young_default_does_not_count(lost):
    # The book's last record lies a day before the training day.
    assert lost(as_of=DEFAULT + timedelta(days=180)) == []
    assert len(lost(as_of=DEFAULT + timedelta(days=181))) == 1


def rows(owed, y):
    X = np.full((len(y), len(NAMES)), np.nan)
    steady = {"orders_365d": 52, "orders_90d": 13, "mean_order_usd_cents_365d": 5_000_00.0, "tenure_days": 900,
              "country_risk_class": 3}  # fmt: skip
    for name, value in steady.items():
        X[:, NAMES.index(name)] = value
    buyers = np.array([f"b{n}" for n in range(len(y))], dtype=object)
    day = np.full(len(y), np.datetime64("2024-06-30"))
    amounts = np.array(owed, dtype=np.int64)
    return Dataset(buyers, day, X, np.array(y, dtype=float), np.arange(len(y)), amounts, amounts)


def test_severity_follows_what_defaulting_buyers_owed_and_lost():
    lost = pa.table({"buyer_id": ["b0", "b1"], "owed": [100.0, 100.0], "lost": [90.0, 90.0]})
    little, much = (fit_severity(rows([owed] * 40 + [0], [1] * 40 + [0]), lost, 90) for owed in (1_000_00, 90_000_00))
    assert little.ead.portfolio < OWED_SHARE < much.ead.portfolio
    assert little.lgd.raw == pytest.approx(0.9)
    assert (little.lgd.prior, little.lgd.buyers) == (0.59, 2)
    assert little.ead.buyers == 40


def test_without_a_default_the_policy_and_the_usual_share_stand():
    nobody = fit_severity(rows([0], [0]), pa.table({"buyer_id": pa.array([], pa.string()), "owed": [], "lost": []}), 90)
    assert (nobody.lgd.portfolio, nobody.ead.portfolio) == (0.59, OWED_SHARE)


def test_before_the_first_policy_its_loss_given_default_is_the_prior():
    early = rows([1_000_00], [1])
    early.as_of[:] = np.datetime64("2019-06-30")
    lost = pa.table({"buyer_id": ["b0"], "owed": [1.0], "lost": [1.0]})
    assert fit_severity(early, lost, 90).lgd.prior == 0.59
