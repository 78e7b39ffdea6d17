"""Amounts: from text such as `USD 4,991.07` or `(1.200,50) €` to exact minor units, on digits and never on floats."""

from collections.abc import Iterable

from features.importing.rules import Rule, signs
from features.importing.steps import literal
from features.importing.texts import Row
from features.money import currencies, exponent

# Signs that stand for one currency wherever they are written. `$` and `¥` stand for several: the mapping says which.
SYMBOLS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS", "₫": "VND", "₦": "NGN",
    "₱": "PHP", "฿": "THB", "₴": "UAH", "₸": "KZT", "R$": "BRL", "US$": "USD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD",
    "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "NT$": "TWD", "CN¥": "CNY", "JP¥": "JPY", "RMB": "CNY", "元": "CNY",
    "人民币": "CNY",
}  # fmt: skip
_LARGEST = 2**63 - 1
_SPACES, _APOSTROPHES = " \u00a0\u2009\u202f", "'\u2019"
_MARK = r"([^\d\s+\-−().,'’]*)(?:\.\s)?"


def currency_mark(shown: str, rule: Rule, row: Row) -> str:
    """Compile the currency that is written in an amount's text to its ISO code, NULL where none is understood."""
    parts = row.add(_parsed(shown, rule, row))
    return row.add(_currency(parts, rule, row))


def amount(text: str, rule: Rule, row: Row, currency: str) -> tuple[str, list[tuple[str, str]]]:
    """Compile an amount to minor units (HUGEINT) of a row's currency.

    Returns:
        The SQL name of the amount, and its possible faults in order: a reason, and SQL that holds where it applies.
    """
    parts = row.add(_parsed(text, rule, row))
    between = literal(_alike(signs(rule, row.source)[1]))
    whole, fraction = row.add(f"translate({parts}.whole, {between}, '')"), row.add(f"rtrim({parts}.fraction, '0')")
    digits = row.add("0" if rule.unit == "minor" else _exponent(currency))
    # Read in 64 bits, which are the most it may have; only then is there room to round up.
    exact = f"CAST(TRY_CAST({whole} || rpad(left({fraction}, {digits}), {digits}, '0') AS BIGINT) AS HUGEINT)"
    up = f"CASE WHEN substr({fraction}, {digits} + 1, 1) >= '5' THEN 1 ELSE 0 END"
    size = row.add(f"{exact} + {up}" if rule.rounding == "half_up" else exact)
    minuses = ", ".join(f"{parts}.{part}" for part in ("bracket", "minus1", "minus2", "minus3", "minus4"))
    negative = row.add(f"concat({minuses}) <> ''")
    minor = row.add(size if rule.negative == "absolute" else f"CASE WHEN {negative} THEN -{size} ELSE {size} END")
    mark = row.add(_currency(parts, rule, row))
    inexact = f"length({fraction}) > {digits}" if rule.rounding == "reject" else "false"
    return minor, [
        (
            "unreadable_amount",
            f"concat({parts}.whole, {parts}.fraction) = '' OR ({parts}.bracket = '(') <> ({parts}.close = ')')",
        ),
        # Without a currency there is nothing to hold the mark or the digits against; that is its own fault.
        ("currency_mismatch", f"concat({parts}.before, {parts}.after) <> '' AND {mark} <> {currency}"),
        ("inexact_amount", f"{currency} IS NOT NULL AND {inexact}"),
        ("amount_too_large", f"{size} IS NULL OR {size} > {_LARGEST}"),
    ]


def _parsed(text: str, rule: Rule, row: Row) -> str:
    """Take an amount's text apart; all parts are empty texts where it is no amount."""
    point, comma = (f"[{_escaped(_alike(sign))}]" for sign in signs(rule, row.source))
    number = rf"((?:\d{{1,3}}(?:{comma}\d{{2,3}})*{comma}\d{{3}}|\d+)?)(?:{point}(\d*))?"
    pattern = rf"^(\(?)\s*([-−]?)\+?\s*{_MARK}\s*([-−]?)\+?\s*{number}\s*([-−]?)\s*{_MARK}\s*([-−]?)(\)?)$"
    names = "['bracket', 'minus1', 'before', 'minus2', 'whole', 'fraction', 'minus3', 'after', 'minus4', 'close']"
    return f"regexp_extract({text}, {literal(pattern)}, {names})"


def _alike(sign: str) -> str:
    """Give all signs that are written for this one."""
    return next((alike for alike in (_SPACES, _APOSTROPHES) if sign in alike), sign)


def _escaped(signs: str) -> str:
    return "".join(rf"\x{{{ord(sign):x}}}" for sign in signs)


def _currency(parts: str, rule: Rule, row: Row) -> str:
    mark = f"upper(concat({parts}.before, {parts}.after))"
    symbols = SYMBOLS | row.source.symbols | rule.symbols
    cases = " ".join(f"WHEN {literal(sign.upper())} THEN {literal(code)}" for sign, code in symbols.items())
    return f"CASE {mark} {cases} ELSE {mark} END"


def _exponent(currency: str) -> str:
    """Write the number of digits below the unit of a currency column: 2 for most, named for the rest."""
    others = sorted({exponent(code) for code in currencies()} - {2})
    cases = " ".join(
        f"WHEN {currency} IN ({_listed(code for code in currencies() if exponent(code) == digits)}) THEN {digits}"
        for digits in others
    )
    return f"CASE {cases} ELSE 2 END"


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(map(literal, codes))
