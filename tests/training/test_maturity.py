from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from features.book.folder import connect, open_book, write_table
from features.book.tables import CLAIMS
from tests.training.books import at, order, payment, write_book
from training.config import Maturity, TrainingConfig
from training.labels import prepare
from training.maturity import LagCurve, lag_curves, reporting_lag


def facts(lag, most, fact="payment"):
    names = pa.array([fact] * len(lag))
    return pa.table({"fact": names, "lag_days": lag, "most_days": most, "events": np.ones(len(lag), dtype=np.int64)})


def test_without_truncation_the_curve_is_the_plain_share():
    (curve,) = lag_curves(facts(np.array([0, 0, 1, 5]), np.full(4, 100)))
    assert (curve.events, curve.days, curve.share) == (4, (0, 1, 5), (0.5, 0.75, 1.0))
    assert [curve.quantile(share) for share in (0.4, 0.5, 0.6, 0.95, 1)] == [0, 0, 1, 5, 5]


def test_facts_that_are_not_recorded_yet_make_lags_no_shorter():
    draw = np.random.default_rng(5)
    lag, most = draw.geometric(1 / 20, 20_000) - 1, draw.integers(0, 200, 20_000)
    known = lag <= most
    (curve,) = lag_curves(facts(lag[known], most[known]))
    truth, plain = np.quantile(lag, 0.95), np.quantile(lag[known], 0.95)
    assert curve.quantile(0.95) == pytest.approx(truth, abs=3)
    assert plain < truth - 5


def test_the_slowest_deciding_fact_counts_and_others_are_told_only():
    curves = tuple(
        LagCurve(fact, events, (days,), (1.0,))
        for fact, events, days in (("payment", 50, 3), ("accepted_claim", 19, 200), ("claim", 50, 90))
    )
    assert reporting_lag(curves, 0.95, least_events=20) == 3
    assert reporting_lag(curves, 0.95, least_events=19) == 200
    assert reporting_lag((), 0.95, least_events=1) == 0


SOLD, LAST = date(2024, 1, 1), date(2024, 12, 30)


CONFIG = TrainingConfig()


def measured(folder, lags, config=CONFIG, claims=(), corrected_on=None):
    orders = [order(f"o{n}", "b1", SOLD + timedelta(days=n)) for n in range(len(lags))]
    paid = [SOLD + timedelta(days=n + 20) for n in range(len(lags))]
    payments = [
        payment(f"p{n}", f"o{n}", day, recorded_at=at(day + timedelta(days=lag)))
        for n, (day, lag) in enumerate(zip(paid, lags, strict=True))
    ]
    corrections = [each | {"recorded_at": at(corrected_on)} for each in payments] if corrected_on else []
    return of_book(folder, orders, payments + corrections, config, claims)


def of_book(folder, orders, payments, config=CONFIG, claims=()):
    write_book(folder, [*orders, order("last", "b2", LAST)], payments)
    write_table(folder, CLAIMS, pa.Table.from_pylist(list(claims), schema=CLAIMS.arrow))
    with connect() as connection:
        open_book(folder, connection)
        return prepare(connection, LAST, config)


def test_the_lag_of_a_book_is_measured_and_may_be_set(tmp_path):
    lags = [7] * 24 + [30]
    found = measured(tmp_path, lags)
    assert (found.lag_days, found.wait_days) == (7, 90 + 30 + 60 + 7)
    assert {curve.fact: curve.events for curve in found.curves} == {"payment": 25}
    told = TrainingConfig(maturity=Maturity(lag_days=40))
    assert measured(tmp_path, lags, told).lag_days == 40


def test_a_correction_makes_no_payment_late(tmp_path):
    assert measured(tmp_path, [7] * 25, corrected_on=LAST).lag_days == 7


def claim(number, outcome, decided_on, recorded_at):
    return {
        "claim_id": f"c{number}", "order_id": f"o{number}", "filed_on": SOLD + timedelta(days=100), "loss_minor": 1,
        "currency": "USD", "has_orders": True, "has_customs": True, "has_communications": True,
        "decided_on": decided_on, "outcome": outcome, "recorded_at": recorded_at,
    }  # fmt: skip


def test_an_accepted_claim_on_a_paid_order_decides_when_it_is_recorded(tmp_path):
    # Each order is due 30 days after it was sold, and in default 60 days later: the claims are recorded 50 days after.
    known = [SOLD + timedelta(days=n + 140) for n in range(25)]
    claims = [claim(n, None, None, at(known[n] - timedelta(days=20))) for n in range(25)]
    claims += [claim(n, "accepted", known[n] - timedelta(days=5), at(known[n])) for n in range(25)]
    found = measured(tmp_path, [0] * 25, claims=claims)
    assert found.lag_days == 50
    assert {curve.fact for curve in found.curves} == {"accepted_claim", "claim", "payment"}
    only_days = TrainingConfig(default=CONFIG.default.model_copy(update={"accepted_claim": False}))
    assert measured(tmp_path, [0] * 25, only_days, claims).lag_days == 0


DUE = SOLD + timedelta(days=50)
# Orders of one due date, in default 60 days later; their claims are accepted one by one from the 5th day after that on.
TOGETHER = [order(f"o{n}", f"b{n}", SOLD, due_on=DUE) for n in range(25)]
ACCEPTED = [claim(n, "accepted", day, at(day)) for n in range(25) for day in [DUE + timedelta(days=65 + n)]]


def test_each_accepted_claim_is_an_event_whatever_day_its_order_is_due(tmp_path):
    found = of_book(tmp_path, TOGETHER, [payment(f"p{n}", f"o{n}", DUE) for n in range(25)], claims=ACCEPTED)
    assert {curve.fact: curve.events for curve in found.curves}["accepted_claim"] == 25
    assert found.lag_days == 28


def test_an_accepted_claim_decides_where_too_little_is_owed_to_matter(tmp_path):
    all_but_ten_usd = [payment(f"p{n}", f"o{n}", DUE, 99_000) for n in range(25)]
    assert of_book(tmp_path, TOGETHER, all_but_ten_usd, claims=ACCEPTED).lag_days == 0
    default = CONFIG.default.model_copy(update={"materiality_usd_cents": 5_000})
    assert of_book(tmp_path, TOGETHER, all_but_ten_usd, TrainingConfig(default=default), ACCEPTED).lag_days == 28
