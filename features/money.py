"""Money: an integer number of minor units and an ISO 4217 currency, never a float."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import iso4217

from features.errors import CallerError

USD = "USD"


@cache
def exponent(currency: str) -> int:
    """Tell how many decimal digits a currency's minor unit has (ISO 4217: USD 2, JPY 0, KWD 3).

    Raises:
        CallerError: the code is not in ISO 4217, or stands for no money (gold, test codes).
    """
    try:
        digits = iso4217.Currency(currency).exponent
    except ValueError:
        digits = None
    if digits is None:
        raise CallerError("currency", currency, "is not an ISO 4217 currency", "use a code such as USD, EUR or CNY")
    return int(digits)


@cache
def currencies() -> tuple[str, ...]:
    """List the ISO 4217 codes that stand for money, in alphabetical order."""
    return tuple(sorted(code.code for code in iso4217.Currency if code.exponent is not None))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of money: `minor` units (cents for USD) of one `currency`.

    >>> Money.parse("80,000.50", "USD")
    Money(minor=8000050, currency='USD')
    >>> Money(150, "USD") + Money(50, "USD")
    Money(minor=200, currency='USD')
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"Money.minor takes an int, not {type(self.minor).__name__} {self.minor!r}")
        exponent(self.currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read a decimal with a point and optional thousands commas; refuse digits below the minor unit."""
        try:
            scaled = Decimal(text.replace(",", "")).scaleb(exponent(currency))
        except ArithmeticError:
            scaled = None
        if scaled is None or not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise CallerError("amount", text, f"is not an amount of {currency}", "write digits, as in 1234.50")
        return cls(int(scaled), currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def share(self, numerator: int, denominator: int) -> "Money":
        """Take a fraction, rounded half up (away from zero), as compensation at a rate is.

        >>> Money(1001, "USD").share(45, 100)
        Money(minor=450, currency='USD')
        """
        exact = Decimal(self.minor) * numerator / denominator
        return Money(int(exact.to_integral_value(ROUND_HALF_UP)), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CallerError(
                "amounts", f"{self} and {other}", "are of two currencies", "convert one at a named rate first"
            )
        return other.minor

    def __str__(self) -> str:
        digits = exponent(self.currency)
        return f"{self.currency} {Decimal(self.minor).scaleb(-digits):,.{digits}f}"
