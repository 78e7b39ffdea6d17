from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.importing.amounts import SYMBOLS
from features.money import currencies, exponent
from tests.features.importing.trying import value_of


def amount(text: str, currency: str = "USD", **rule: object) -> tuple[str | None, str | None]:
    return value_of("orders", "amount_minor", {"column": "a", **rule}, {"a": text}, currency)


@pytest.mark.parametrize(
    ("text", "currency", "rule", "minor"),
    [
        ("4991.07", "USD", {}, 499107),
        ("USD 4,991.07", "USD", {}, 499107),
        ("4,991.07 USD", "USD", {}, 499107),
        ("US$4,991.07", "USD", {}, 499107),
        ("€ 1.200,50", "EUR", {"decimal": ","}, 120050),
        ("¥1.200,50", "CNY", {"decimal": ",", "symbols": {"¥": "CNY"}}, 120050),
        ("1 200,5 EUR", "EUR", {"decimal": ",", "thousands": " "}, 120050),
        ("1\u202f200,5", "EUR", {"decimal": ",", "thousands": " "}, 120050),
        ("1'200.50", "CHF", {"thousands": "'"}, 120050),
        ("1,00,000", "INR", {}, 10000000),
        (".5", "USD", {}, 50),
        ("7.", "USD", {}, 700),
        ("+7", "USD", {}, 700),
        ("1200", "JPY", {}, 1200),
        ("1.234", "KWD", {}, 1234),
        ("1.2340", "KWD", {}, 1234),
        ("1234", "USD", {"unit": "minor"}, 1234),
        ("0.005", "USD", {"rounding": "half_up"}, 1),
        ("2.344999", "USD", {"rounding": "half_up"}, 234),
        ("-5.00", "USD", {"negative": "absolute"}, 500),
        ("(5.00)", "USD", {"negative": "absolute"}, 500),
        ("USD 5.00-", "USD", {"negative": "absolute"}, 500),
        ("Rs. 500", "INR", {"symbols": {"Rs": "INR"}}, 50000),
        ("92233720368547758.07", "USD", {}, 2**63 - 1),
    ],
)
def test_amounts_are_read_exactly(text, currency, rule, minor):
    assert amount(text, currency, **rule) == (str(minor), None)


@pytest.mark.parametrize(
    ("text", "rule", "reason"),
    [
        ("", {}, "missing_value"),
        ("abc", {}, "unreadable_amount"),
        ("1.2.3", {}, "unreadable_amount"),
        ("1,2", {}, "unreadable_amount"),
        ("1234,56", {}, "unreadable_amount"),
        ("1e5", {}, "unreadable_amount"),
        ("(5", {}, "unreadable_amount"),
        ("5)", {}, "unreadable_amount"),
        ("12 34", {}, "unreadable_amount"),
        (".", {}, "unreadable_amount"),
        ("1.234", {}, "inexact_amount"),
        ("1.5", {"unit": "minor"}, "inexact_amount"),
        ("0.00", {}, "zero_amount"),
        ("0.004", {"rounding": "half_up"}, "zero_amount"),
        ("-5", {}, "negative_amount"),
        ("(5)", {}, "negative_amount"),
        ("5-", {}, "negative_amount"),
        ("\u22125", {}, "negative_amount"),
        ("EUR 5", {}, "currency_mismatch"),
        ("$ 5", {}, "currency_mismatch"),
        ("92233720368547758.08", {}, "amount_too_large"),
        ("9" * 60, {}, "amount_too_large"),
        ("92233720368547758.075", {"rounding": "half_up"}, "amount_too_large"),
        (f"{2**127 - 1}.5", {"rounding": "half_up", "unit": "minor"}, "amount_too_large"),
    ],
)
def test_what_is_no_amount_has_a_reason(text, rule, reason):
    assert amount(text, **rule) == (None, reason)


@pytest.mark.parametrize(
    ("text", "code"), [("USD 5", "USD"), ("5€", "EUR"), ("us$ 5", "USD"), ("元5", "CNY"), ("(5 kwd)", "KWD")]
)
def test_the_currency_in_an_amount_is_found(text, code):
    assert value_of("orders", "currency", {"currency_in": "a"}, {"a": text}) == (code, None)


@pytest.mark.parametrize("text", ["$5", "¥5", "ABC 5", "XXX 5", "5 USD EUR"])
def test_a_currency_that_is_not_certain_is_not_guessed(text):
    assert value_of("orders", "currency", {"currency_in": "a"}, {"a": text})[1] == "unknown_currency"


def test_an_amount_without_any_currency_has_none():
    assert value_of("orders", "currency", {"currency_in": "a"}, {"a": "5"})[1] in {"unknown_currency", "missing_value"}


def test_known_symbols_stand_for_currencies():
    assert set(SYMBOLS.values()) <= set(currencies())


def written_as(number: Decimal, digits: int, decimal: str, thousands: str) -> str:
    plain = f"{number:,.{digits}f}"
    return plain.translate({ord(","): thousands, ord("."): decimal})


@settings(max_examples=150, deadline=None)
@given(
    minor=st.integers(1, 2**63 - 1),
    currency=st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF", "CNY"]),
    signs=st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (".", "\u00a0")]),
    mark=st.sampled_from(["", "before", "after"]),
    minus=st.sampled_from(["", "-", "()"]),
)
def test_an_amount_written_in_any_way_comes_back(minor, currency, signs, mark, minus):
    digits = exponent(currency)
    text = written_as(Decimal(minor).scaleb(-digits), digits, *signs)
    text = f"{currency} {text}" if mark == "before" else f"{text} {currency}" if mark == "after" else text
    text = f"({text})" if minus == "()" else f"{minus}{text}"
    rule = {"decimal": signs[0], "thousands": signs[1].replace("\u00a0", " "), "negative": "absolute"}
    assert amount(text, currency, **rule) == (str(minor), None)


@settings(max_examples=150, deadline=None)
@given(
    number=st.decimals(min_value="0.01", max_value=10**12, places=6), currency=st.sampled_from(["USD", "JPY", "KWD"])
)
def test_rounding_is_half_up_as_decimal_has_it(number, currency):
    expected = int(number.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_UP))
    value, reason = amount(str(number), currency, rounding="half_up")
    assert (value, reason) == ((str(expected), None) if expected else (None, "zero_amount"))
