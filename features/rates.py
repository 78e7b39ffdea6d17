"""ECB reference rates: what a currency's minor unit was worth in US cents on a day.

Source: the euro foreign exchange reference rates of the European Central Bank, as shipped with the
`currencyconverter` package. On days without a quotation the last earlier one holds; a rate is never
taken from a later day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import pyarrow as pa
from currency_converter import CurrencyConverter

from features.errors import CallerError
from features.money import USD, Money, exponent

# A quotation ends where a currency joined the euro (its last rate is then fixed for ever) or was suspended.
_SUSPENDED = {"RUB"}
_STEP = Decimal(1).scaleb(-12)

SCHEMA = pa.schema(
    [
        pa.field("currency", pa.string(), nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("usd_cents_per_minor", pa.decimal128(18, 12), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Rate:
    """US cents for one minor unit of a currency, and the day the ECB quoted it."""

    usd_cents_per_minor: Decimal
    day: date

    def to_usd(self, money: Money) -> Money:
        """Convert an amount to USD, rounded half up (away from zero) to a whole cent."""
        cents = (Decimal(money.minor) * self.usd_cents_per_minor).to_integral_value(ROUND_HALF_UP)
        return Money(int(cents), USD)


@cache
def _quotes() -> CurrencyConverter:
    return CurrencyConverter(decimal=True, fallback_on_missing_rate=True, fallback_on_missing_rate_method="last_known")


def quoted(currency: str) -> tuple[date, date] | None:
    """Tell from and until which day a currency has a rate, or None where the ECB never quoted it."""
    if currency == USD:
        return date.min, date.max
    quotes = _quotes()
    if currency not in quotes.currencies:
        return None
    first = max(quotes.bounds[currency].first_date, quotes.bounds[USD].first_date)
    return first, quotes.bounds[currency].last_date if currency in _SUSPENDED else date.max


def usd_rate(currency: str, day: date) -> Rate:
    """Find the rate of a day.

    Raises:
        CallerError: the ECB never quoted the currency, not yet on that day, or no longer.
    """
    if currency == USD:
        return Rate(Decimal(1), day)
    span = quoted(currency)
    if span is None or not span[0] <= day <= span[1]:
        raise CallerError(
            "currency", f"{currency} on {day}", "has no ECB reference rate", "state the amount in a quoted currency"
        )
    quotes = _quotes()
    used = min(day, quotes.bounds[currency].last_date)
    usd_per_unit = quotes.convert(Decimal(1), currency, USD, min(used, quotes.bounds[USD].last_date))
    cents_per_minor = usd_per_unit * 100 / Decimal(10) ** exponent(currency)
    return Rate(cents_per_minor.quantize(_STEP, ROUND_HALF_UP), used)


def usd_rates(codes: Iterable[str], first: date, last: date) -> pa.Table:
    """Tabulate rates for every calendar day from `first` to `last`; days before a currency's first rate are left out.

    Returns:
        A table of `SCHEMA`, by currency and day.
    """
    rows = [
        {"currency": code, "day": day, "usd_cents_per_minor": usd_rate(code, day).usd_cents_per_minor}
        for code in sorted(set(codes))
        if (span := quoted(code)) is not None
        for day in _days(max(first, span[0]), min(last, span[1]))
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
