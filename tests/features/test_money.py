from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import CallerError
from features.money import Money, currencies, exponent

minor = st.integers(-(10**15), 10**15)


@given(minor, minor, st.sampled_from(currencies()))
def test_sums_and_differences_are_exact(a, b, currency):
    assert Money(a, currency) + Money(b, currency) - Money(b, currency) == Money(a, currency)


@given(minor, st.sampled_from(currencies()))
def test_what_is_written_reads_back(amount, currency):
    money = Money(amount, currency)
    assert Money.parse(str(money).removeprefix(currency), currency) == money


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_a_share_is_rounded_half_up(amount, basis_points):
    exact = Decimal(amount) * basis_points / 10_000
    assert Money(amount, "USD").share(basis_points, 10_000).minor == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def test_minor_units_follow_iso_4217():
    assert [exponent(code) for code in ("USD", "JPY", "KWD")] == [2, 0, 3]


@pytest.mark.parametrize("code", ["XXX", "usd", "US", "ZZZ", "XAU"])
def test_a_code_that_is_no_money_is_refused(code):
    with pytest.raises(CallerError, match=f"currency {code}: is not an ISO 4217 currency"):
        exponent(code)


@pytest.mark.parametrize("text", ["1.005", "abc", "", "NaN", "Infinity", "1e3000000"])
def test_an_amount_below_the_minor_unit_or_no_amount_is_refused(text):
    with pytest.raises(CallerError, match="is not an amount of USD"):
        Money.parse(text, "USD")


def test_two_currencies_do_not_mix():
    for operation in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(CallerError, match="two currencies"):
            operation(Money(1, "USD"), Money(1, "EUR"))


def test_a_float_is_no_money():
    with pytest.raises(TypeError, match="takes an int"):
        Money(1.0, "USD")  # type: ignore[arg-type]
