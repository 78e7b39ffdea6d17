from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import CallerError
from features.money import Money
from features.rates import quoted, usd_rate, usd_rates

FRIDAY = date(2024, 3, 1)


def test_a_rate_is_the_quotient_of_two_ecb_rates():
    # ECB, 1 March 2024: 1 EUR = 1.0813 USD = 7.7837 CNY = 162.82 JPY.
    cents_per_fen = (Decimal("1.0813") / Decimal("7.7837")).quantize(Decimal("1e-6"))
    assert usd_rate("CNY", FRIDAY).usd_cents_per_minor.quantize(Decimal("1e-6")) == cents_per_fen
    cents_per_yen = (Decimal("108.13") / Decimal("162.82")).quantize(Decimal("1e-6"))
    assert usd_rate("JPY", FRIDAY).usd_cents_per_minor.quantize(Decimal("1e-6")) == cents_per_yen


def test_the_weekend_takes_fridays_rate_and_never_mondays():
    sunday = FRIDAY + timedelta(days=2)
    assert usd_rate("CNY", sunday).usd_cents_per_minor == usd_rate("CNY", FRIDAY).usd_cents_per_minor
    assert (
        usd_rate("CNY", sunday).usd_cents_per_minor != usd_rate("CNY", sunday + timedelta(days=1)).usd_cents_per_minor
    )


def test_after_the_last_quotation_its_day_is_told():
    rate = usd_rate("CNY", date(2099, 1, 1))
    assert rate.day < date(2099, 1, 1)
    assert rate == usd_rate("CNY", rate.day)


@pytest.mark.parametrize(("currency", "day"), [("AED", FRIDAY), ("CNY", date(2001, 1, 1)), ("RUB", date(2023, 1, 1))])
def test_a_currency_without_a_rate_is_refused(currency, day):
    with pytest.raises(CallerError, match=f"currency {currency} on {day}: has no ECB reference rate"):
        usd_rate(currency, day)


def test_the_table_leaves_out_days_before_the_first_rate():
    span = quoted("CNY")
    assert span is not None
    first = span[0]
    table = usd_rates(["CNY", "USD", "AED"], first - timedelta(days=3), first + timedelta(days=1))
    assert sorted(table["currency"].to_pylist()) == ["CNY", "CNY", *["USD"] * 5]


@given(st.integers(-(10**12), 10**12), st.dates(date(2010, 1, 1), date(2025, 1, 1)))
def test_dollars_stay_as_they_are(cents, day):
    assert usd_rate("USD", day).to_usd(Money(cents, "USD")) == Money(cents, "USD")


def test_conversion_rounds_half_away_from_zero():
    rate = usd_rate("JPY", FRIDAY)
    for yen in (1, 2, 3, 12345):
        exact = yen * rate.usd_cents_per_minor
        assert abs(rate.to_usd(Money(yen, "JPY")).minor - exact) <= Decimal("0.5")
        assert rate.to_usd(Money(-yen, "JPY")).minor == -rate.to_usd(Money(yen, "JPY")).minor
