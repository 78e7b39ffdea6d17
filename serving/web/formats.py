"""How amounts, days, instants and shares are written in a language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent

from features.money import USD, exponent
from models.reasons import Language
from serving.web.languages import LOCALES
from serving.web.tables import Column, Kind
from serving.web.words import word

YIWU = ZoneInfo("Asia/Shanghai")
NONE = "–"
# Pseudo-accents and pseudo-bidi, for testing translations.
_PSEUDO = ("XA", "XB")


@dataclass(frozen=True, slots=True)
class Formats:
    """The writing habits of one language; every method writes a dash for what is not known."""

    language: Language

    @property
    def locale(self) -> str:
        """Babel's name of the language."""
        return LOCALES[self.language]

    def money(self, minor: int | None, currency: str = USD) -> str:
        """Write an amount of minor units with its currency, to the last unit."""
        if minor is None:
            return NONE
        digits = exponent(currency)
        pattern = "¤#,##0" + ("." + "0" * digits if digits else "")
        return self._currency(Decimal(minor).scaleb(-digits), currency, pattern)

    def usd(self, cents: int | None) -> str:
        """Write US cents in whole dollars, rounded half even: what is read at a glance."""
        if cents is None:
            return NONE
        return self._currency(Decimal(cents).scaleb(-2), USD, "¤#,##0")

    def day(self, day: date | None) -> str:
        """Write a day."""
        if day is None:
            return NONE
        return str(format_date(day, "y-MM-dd" if self.language == "zh" else "d MMM y", locale=self.locale))

    def instant(self, instant: datetime | None) -> str:
        """Write an instant to the minute, in China's time."""
        if instant is None:
            return NONE
        pattern = "y-MM-dd HH:mm" if self.language == "zh" else "d MMM y HH:mm"
        return str(format_datetime(instant, pattern, tzinfo=YIWU, locale=self.locale))

    def age(self, since: datetime, now: datetime) -> str:
        """Write for how long something has been so."""
        return str(format_timedelta(now - since, granularity="minute", threshold=1.5, locale=self.locale))

    def number(self, number: float | None) -> str:
        """Write a number with at most two decimals."""
        return NONE if number is None else str(format_decimal(number, "#,##0.##", locale=self.locale))

    def figure(self, figure: float | None) -> str:
        """Write a figure of merit with four decimals."""
        return NONE if figure is None else str(format_decimal(figure, "#,##0.0000", locale=self.locale))

    def percent(self, share: float | None) -> str:
        """Write a share as a percentage; small ones with more digits."""
        if share is None:
            return NONE
        pattern = "#,##0.00%" if abs(share) < 0.1 else "#,##0.0%"
        return str(format_percent(share, pattern, locale=self.locale))

    def country(self, code: str | None) -> str:
        """Write a country's name in the language; its code where there is none."""
        if not code:
            return NONE
        # Software's made-up locales bear names in the tables, countries they are not.
        if code in _PSEUDO:
            return code
        return str(Locale.parse(self.locale).territories.get(code, code))

    def cell(self, column: Column, value: Any) -> str:  # noqa: ANN401 - a cell
        """Write a value of a table's column."""
        if value is None:
            return NONE
        writers: dict[Kind, Callable[[Any], str]] = {
            "usd": self.usd,
            "money": lambda money: self.money(money.minor, money.currency),
            "share": self.percent,
            "number": self.number,
            "figure": self.figure,
            "day": self.day,
            "instant": self.instant,
            "country": self.country,
            "word": lambda key: word(key, self.language),
            "text": str,
            "id": str,
            "grade": str,
            "sentence": str,
        }
        return writers[column.kind](value)

    def _currency(self, amount: Decimal, currency: str, pattern: str) -> str:
        signed = f"{pattern};-{pattern}"
        return str(format_currency(amount, currency, signed, locale=self.locale, currency_digits=False))
