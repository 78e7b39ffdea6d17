from datetime import date, timedelta

import pyarrow as pa
import pytest

from features.book.folder import connect, open_book, write_table
from features.book.tables import CLAIMS, OVERDUE_NOTICES
from features.errors import BookError, DataError
from tests.training.books import at, order, payment, write_book
from training.backtest.history import day_number, read_history
from training.config import TrainingConfig
from training.labels import prepare

FIRST, LAST, END = date(2024, 1, 1), date(2024, 12, 31), date(2025, 6, 30)
CONFIG = TrainingConfig()
SPRING = date(2024, 3, 1)


@pytest.fixture
def read(tmp_path):
    def reading(orders, payments, first=FIRST, claims=(), notices=()):
        # A late payment on an old order lets the book reach its end.
        ends = [order("old", "z", date(2023, 1, 1))], [payment("last", "old", END)]
        write_table(tmp_path, CLAIMS, pa.Table.from_pylist(list(claims), schema=CLAIMS.arrow))
        write_table(tmp_path, OVERDUE_NOTICES, pa.Table.from_pylist(list(notices), schema=OVERDUE_NOTICES.arrow))
        connection = connect()
        open_book(write_book(tmp_path, orders + ends[0], payments + ends[1]), connection)
        prepare(connection, END, CONFIG)
        return read_history(connection, END, first, LAST, CONFIG)

    return reading


def test_what_is_owed_after_the_waiting_period_is_lost_and_what_comes_later_recovered(read):
    due = SPRING + timedelta(days=30)
    past = read(
        [order("o1", "b1", SPRING)],
        [
            payment("p1", "o1", due + timedelta(days=60), amount=30_000),
            payment("p2", "o1", due + timedelta(days=61), amount=20_000),
        ],
    )
    assert (past.orders.owed.tolist(), past.orders.recovered.tolist()) == ([70_000], [20_000])
    assert past.releases.paid.tolist() == [30_000, 50_000]
    assert past.releases.day.tolist() == [day_number(due) + 60, day_number(due) + 61]


def claim(recovered, recorded_on, currency="USD", outcome=None):
    return {
        "claim_id": "c1", "order_id": "o1", "filed_on": date(2024, 6, 1), "loss_minor": 100_000, "currency": currency,
        "has_orders": True, "has_customs": True, "has_communications": True,
        "recovered_minor": recovered, "recorded_at": at(recorded_on), "outcome": outcome,
        "decided_on": outcome and recorded_on,
    }  # fmt: skip


def test_what_came_in_under_a_claim_is_recovered_too_and_never_more_than_was_owed(read):
    orders, later = [order("o1", "b1", SPRING)], date(2024, 9, 1)
    versions = [claim(None, date(2024, 6, 1)), claim(30_000, later)]
    assert read(orders, [], claims=versions).orders.recovered.tolist() == [30_000]
    after = [payment("p1", "o1", date(2024, 7, 1), amount=20_000)]
    assert read(orders, after, claims=versions).orders.recovered.tolist() == [50_000]
    more = [claim(90_000, later)]
    assert read(orders, after, claims=more).orders.recovered.tolist() == [100_000]
    assert read(orders, [], claims=[claim(30_000, END + timedelta(days=1))]).orders.recovered.tolist() == [0]
    # 1 March 2024: 1 EUR = 1.0813 USD = 7.7837 CNY.
    assert read(orders, [], claims=[claim(359_923, later, "CNY")]).orders.recovered.tolist() == [50_000]


def test_exposure_falls_on_the_day_of_the_record(read):
    entered = at(date(2024, 5, 20))
    past = read([order("o1", "b1", SPRING)], [payment("p1", "o1", date(2024, 4, 1), recorded_at=entered)])
    assert past.releases.day.tolist() == [day_number(date(2024, 5, 20))]
    assert past.orders.owed.tolist() == [0]


def test_cover_stops_while_an_order_is_unpaid_beyond_the_waiting_period(read):
    over = SPRING + timedelta(days=30 + 60)
    later = [over, over + timedelta(days=1), date(2024, 8, 2)]
    orders = [order("o1", "b1", SPRING), *(order(f"n{n}", "b1", day) for n, day in enumerate(later))]
    paid = [payment(f"q{n}", f"n{n}", day + timedelta(days=9)) for n, day in enumerate(later)]
    past = read(orders, [*paid, payment("p1", "o1", date(2024, 8, 1))])
    assert past.orders.stopped.tolist() == [False, False, True, False]


def notice(reported_on):
    return {
        "order_id": "o1", "reported_on": reported_on, "amount_minor": 100_000, "currency": "USD",
        "recorded_at": at(reported_on),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "noticed", "stopped"),
    [
        (None, False, [False, True, True, True]),
        ("accepted", False, [False, True, True, True]),
        ("withdrawn", False, [False, True, True, False]),
        ("withdrawn", True, [True, True, True, True]),
        ("rejected", True, [True, True, True, False]),
    ],
)
def test_a_stop_ends_with_a_claim_that_is_withdrawn_or_rejected(read, outcome, noticed, stopped):
    """A rejected claim takes the notice along; money owed beyond the waiting period stops cover by itself."""
    due = SPRING + timedelta(days=150)
    filed, decided = due + timedelta(days=20), due + timedelta(days=40)
    days = [filed, filed + timedelta(days=1), decided, decided + timedelta(days=1)]
    later = due + timedelta(days=61)
    orders = [order(f"n{n}", "b1", day, terms=5) for n, day in enumerate([*days, later])]
    paid = [payment(f"q{n}", f"n{n}", day + timedelta(days=1)) for n, day in enumerate([*days, later])]
    versions = [claim(None, filed), claim(None, decided, outcome=outcome)] if outcome else [claim(None, filed)]
    told = [notice(due + timedelta(days=10))] if noticed else []
    past = read([order("o1", "b1", SPRING, terms=150), *orders], paid, claims=versions, notices=told)
    assert past.orders.stopped.tolist() == [False, *stopped, True]


def test_a_payment_counts_from_its_first_record_and_a_correction_from_its_own(read):
    due, corrected = SPRING + timedelta(days=30), date(2025, 5, 1)
    orders = [order("o1", "b1", SPRING), order("n1", "b1", date(2024, 8, 1))]
    first, paid = payment("p1", "o1", due), payment("q1", "n1", date(2024, 8, 9))
    same = {**first, "recorded_at": at(corrected)}
    plain, entered_again = read(orders, [first, paid]), read(orders, [first, same, paid])
    assert entered_again.releases.day.tolist() == plain.releases.day.tolist()
    assert entered_again.releases.paid.tolist() == plain.releases.paid.tolist()
    assert entered_again.orders.stopped.tolist() == [False, False]
    less = read(orders, [first, {**same, "amount_minor": 40_000}, paid])
    assert less.releases.day.tolist() == [*plain.releases.day.tolist(), day_number(corrected)]
    assert less.releases.paid.tolist() == [*plain.releases.paid.tolist(), 40_000]
    assert less.orders.stopped.tolist() == [False, False]


def test_what_is_corrected_on_the_day_of_its_record_was_never_otherwise(read):
    due = SPRING + timedelta(days=30)
    typo = payment("p1", "o1", due, amount=1)
    past = read([order("o1", "b1", SPRING)], [typo, payment("p1", "o1", due, recorded_at=at(due, 10))])
    assert (past.releases.day.tolist(), past.releases.paid.tolist()) == ([day_number(due)], [100_000])


def test_a_payment_moved_to_another_order_leaves_the_first_unpaid_and_stops_cover_again(read):
    moved = date(2024, 8, 1)
    orders = [
        order("o1", "b1", SPRING),
        order("o2", "b2", SPRING),
        *(order(f"n{n}", f"b{1 + n % 2}", moved + timedelta(days=n)) for n in range(-2, 2)),
    ]
    paid = payment("p1", "o1", SPRING + timedelta(days=30))
    past = read(orders, [paid, {**paid, "order_id": "o2", "recorded_at": at(moved)}])
    # o1 is unpaid from the day of the correction on, o2 until then.
    assert past.orders.stopped.tolist() == [False, False, False, True, True, False]


def test_orders_paid_up_front_and_outside_the_days_are_no_credit_to_replay(read):
    orders = [
        order("a", "b1", SPRING, terms=0),
        order("b", "b1", FIRST),
        order("c", "b2", LAST + timedelta(days=1)),
        order("d", "b3", SPRING),
    ]
    past = read(orders, [payment(f"p{each['order_id']}", str(each["order_id"]), SPRING) for each in orders])
    assert past.buyers == ("b3",)
    assert past.countries == ("ZZ",)


def test_an_amount_without_a_rate_is_named_and_not_left_out(read):
    new = order("o1", "b1", date(2025, 6, 1))
    for orders, payments in (
        ([order("o2", "b1", SPRING), {**new, "currency": "AED"}], []),
        ([order("o2", "b1", SPRING), new], [payment("p1", "o1", END, currency="AED")]),
    ):
        with pytest.raises(BookError, match="order o1: AED has no ECB rate on 2025-06-01"):
            read(orders, payments)


def test_a_book_without_orders_to_replay_says_so(read):
    with pytest.raises(DataError, match="hold no order on credit"):
        read([], [])
