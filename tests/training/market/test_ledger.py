from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.rates import usd_rate
from training.market.calendar import calendar, to_date
from training.market.fates import PARTS, Fates
from training.market.ledger import Ledger, cents_per_minor, keep_ledger
from training.market.orders import Orders
from training.market.parameters import load

MONTHS = calendar(date(2025, 12, 31), 1, load().countries.festival)
CURRENCIES = ("EUR", "JPY", "USD")
RATES = cents_per_minor(CURRENCIES, MONTHS)
FIRST = int(MONTHS.starts[0])


def _ledger(currency: int, cents: int, shares: list[float]) -> Ledger:
    one = np.zeros(1, dtype=np.int64)
    orders = Orders(one, one, one, one + FIRST, one + FIRST + 30, one, one > 0, one + cents)
    paid = np.maximum.accumulate(np.array([[*shares, shares[-1]][:PARTS]]), axis=1)
    days = np.arange(PARTS)[None, :] * 10 + FIRST
    fates = Fates(one > 0, one > 0, days, paid, one)
    return keep_ledger(orders, fates, one + currency, one + cents, one, RATES, FIRST)


def test_rates_are_those_of_the_day():
    for place, code in enumerate(CURRENCIES):
        for day in (0, 100, 364):
            quoted = usd_rate(code, to_date(FIRST + day)).usd_cents_per_minor
            assert RATES[place, day] == float(quoted)


@given(st.integers(0, 2), st.integers(10_000, 10**8), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_parts_never_sum_to_more_than_the_order_and_a_whole_one_is_paid_to_the_last_unit(currency, cents, shares):
    partly = _ledger(currency, cents, shares)
    assert (np.diff(partly.paid, axis=1, prepend=0) >= 0).all()
    assert (partly.paid <= partly.minor[:, None]).all()
    whole = _ledger(currency, cents, [*shares[:2], 1.0])
    assert whole.paid[0, -1] == whole.minor[0]


def test_what_is_owed_falls_as_parts_arrive():
    ledger = _ledger(2, 1_000_00, [0.25, 0.5, 1.0])
    owed = [int(ledger.owed(np.array([0]), np.array([FIRST + day]))[0]) for day in (-1, 0, 9, 10, 20)]
    assert owed == [100_000, 75_000, 75_000, 50_000, 0]


def test_an_amount_is_in_minor_units_of_its_currency():
    yen = _ledger(1, 1_000_00, [1.0, 1.0, 1.0])
    assert 120_000 < int(yen.minor[0]) < 180_000
