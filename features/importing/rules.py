"""What a mapping file may say: sources, the tables that they feed, and how each column comes about.

The keys are explained to mapping authors in this package's README, which a test holds to these models.
A mapping is read with every scalar as text (`NO` is Norway, not false), so numbers and flags are read here.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Literal

import duckdb
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from features.money import currencies
from features.yaml_file import Strict

FORMS = ("column", "constant", "join", "hash", "first", "earliest", "latest", "currency_in")
TESTS = ("is", "is_not", "filled", "matches", "not_matches")


def _listed(value: object) -> object:
    """Let one text stand where a list of texts may."""
    return [value] if isinstance(value, str) else value


def _matching(pattern: str, complaint: str) -> AfterValidator:
    def check(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise ValueError(complaint)
        return value

    return AfterValidator(check)


def _known_currencies(symbols: dict[str, str]) -> dict[str, str]:
    for code in symbols.values():
        if code not in currencies():
            raise ValueError(f"names {code}, which is not an ISO 4217 currency")
    return symbols


@cache
def _judge() -> duckdb.DuckDBPyConnection:
    """Open, once and when first asked, the DuckDB that judges patterns, formats and zones."""
    return duckdb.connect()


def _understood(sql: str, complaint: str) -> AfterValidator:
    """Ask DuckDB whether it understands a pattern, so that a slip shows in the mapping and not in mid-import."""

    def check(value: str) -> str:
        try:
            _judge().execute(sql, [value])
        except duckdb.Error:
            raise ValueError(complaint) from None
        return value

    return AfterValidator(check)


Texts = Annotated[list[str], BeforeValidator(_listed)]
Pattern = Annotated[str, _understood("SELECT regexp_matches('', ?)", "is not a regular expression (RE2)")]
Zone = Annotated[str, _understood("SELECT timezone(?, TIMESTAMP '2020-01-01')", "is not a time zone such as UTC")]
ClockTime = Annotated[str, _matching(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", "is not a time of day such as 18:00")]
Sign = Annotated[str, _matching(r"[^\d+\-()]", "is not one sign that parts digits")]
Character = Annotated[str, _matching(r"[\x01-\x09\x0b\x0c\x0e-\x7f]", "is not one ASCII character")]
Symbols = Annotated[dict[str, str], AfterValidator(_known_currencies)]
NAMED_FORMATS = ("iso", "excel", "unix")


def _day_format(value: str) -> str:
    if value not in NAMED_FORMATS:
        try:
            _judge().execute("SELECT try_strptime('', ?)", [value])
        except duckdb.Error:
            raise ValueError("is not a date format; write iso, excel, unix or one such as %d/%m/%Y") from None
        if "%" not in value:
            raise ValueError("is not a date format; write iso, excel, unix or one such as %d/%m/%Y")
    return value


DayFormats = Annotated[list[Annotated[str, AfterValidator(_day_format)]], BeforeValidator(_listed)]


class Rule(Strict):
    """How one canonical column comes about; a bare text means the column of that name.

    Exactly one of `FORMS` is given. The options that read days, amounts and codes belong to columns of those kinds.
    """

    column: str | None = None
    constant: str | None = None
    join: Annotated[list[str], Field(min_length=1)] | None = None
    separator: str = "-"
    hash: Annotated[list[str], Field(min_length=1)] | Literal["all"] | None = None
    first: Annotated[list["Part"], Field(min_length=1)] | None = None
    earliest: Annotated[list["Part"], Field(min_length=1)] | None = None
    latest: Annotated[list["Part"], Field(min_length=1)] | None = None
    currency_in: str | None = None

    empty: Texts = Field(default_factory=list)
    remove: Pattern | None = None
    extract: Pattern | None = None
    case: Literal["upper", "lower"] | None = None
    pad: Annotated[int, Field(ge=1, le=200)] | None = None
    values: dict[str, str] | None = None
    otherwise: Literal["reject", "keep", "empty"] = "reject"
    prefix: str = ""
    default: str | None = None

    formats: DayFormats | None = None
    plus_days: "Days | None" = None
    time: ClockTime | None = None
    zone: Zone | None = None

    unit: Literal["major", "minor"] = "major"
    decimal: Sign | None = None
    thousands: Sign | None = None
    rounding: Literal["reject", "half_up"] = "reject"
    negative: Literal["reject", "ignore", "absolute"] = "reject"
    zero: Literal["reject", "ignore"] = "reject"

    symbols: Symbols = Field(default_factory=dict)
    country: Literal["alpha2", "alpha3", "numeric", "name", "any"] = "alpha2"

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: object) -> object:
        return {"column": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _one_form(self) -> "Rule":
        given = [form for form in FORMS if getattr(self, form) is not None]
        if len(given) != 1:
            raise ValueError(f"says {' and '.join(given) or 'none'} of {', '.join(FORMS)}; say exactly one")
        beside = sorted(self.model_fields_set - {*given})
        if self.parts is not None and beside:
            raise ValueError(f"has {', '.join(beside)} beside {given[0]}; write it inside the parts")
        return self

    @property
    def parts(self) -> list["Rule"] | None:
        """The rules that this one chooses from, or None where it stands for itself."""
        return self.first or self.earliest or self.latest

    def all(self) -> Iterator["Rule"]:
        """Give the rule and every rule within it."""
        yield self
        for inner in (*(self.parts or ()), *([self.plus_days] if self.plus_days else ())):
            yield from inner.all()

    def columns(self) -> list[str]:
        """Names of the outside columns that the rule reads; `hash: all` names none."""
        named: list[str | None] = []
        for rule in self.all():
            hashed = rule.hash if isinstance(rule.hash, list) else []
            named += [rule.column, rule.currency_in, *(rule.join or ()), *hashed]
        return [name for name in named if name is not None]


def _days(given: object) -> object:
    """Take a bare whole number for a constant."""
    return {"constant": given} if isinstance(given, str) and given.lstrip("+-").isdigit() else given


Part = Rule
Days = Annotated[Rule, BeforeValidator(_days)]
Rule.model_rebuild()


class Condition(Strict):
    """What a row's column must hold for the row to be read; exactly one of `TESTS` is given."""

    column: str
    is_: Texts | None = Field(default=None, alias="is")
    is_not: Texts | None = None
    filled: bool | None = None
    matches: Pattern | None = None
    not_matches: Pattern | None = None

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        given = [test for test in ("is_", *TESTS[1:]) if getattr(self, test) is not None]
        if len(given) != 1:
            raise ValueError(f"says {len(given)} of {', '.join(TESTS)}; say exactly one")
        return self


class Source(Strict):
    """A kind of outside file: which files it is, how they are read, and what holds for all their columns."""

    files: Texts = Field(default_factory=lambda: ["*"])
    format: Literal["csv", "xlsx", "parquet"] | None = None
    optional: bool = False
    together: bool = False

    encoding: str | None = None
    separator: Character | None = None
    quote: Character = '"'
    skip_lines: Annotated[int, Field(ge=0)] = 0
    header: Annotated[list[str], Field(min_length=1)] | None = None
    sheet: str | None = None

    empty: Texts = Field(default_factory=list)
    formats: DayFormats = Field(default_factory=lambda: ["iso"])
    zone: Zone = "UTC"
    decimal: Sign = "."
    thousands: Sign | None = None
    symbols: Symbols = Field(default_factory=dict)


def signs(rule: Rule, source: Source) -> tuple[str, str]:
    """Tell the decimal and the thousands sign of a rule's amounts."""
    decimal = rule.decimal or source.decimal
    return decimal, rule.thousands or source.thousands or ("." if decimal == "," else ",")


class Feed(Strict):
    """How one source feeds one canonical table."""

    source: str = Field(alias="from")
    when: list[Condition] = Field(default_factory=list)
    columns: dict[str, Rule]


def _feeds(given: object) -> object:
    return [given] if isinstance(given, dict) else given


class Mapping(Strict):
    """A whole mapping file."""

    sources: Annotated[dict[str, Source], Field(min_length=1)]
    tables: Annotated[dict[str, Annotated[list[Feed], BeforeValidator(_feeds)]], Field(min_length=1)]

    def needed(self, source: str) -> dict[str, str]:
        """Tell which outside columns a source's files must have, each with the key of the mapping that says so."""
        asked: dict[str, str] = {}
        for path, feed in self.feeds():
            if feed.source == source:
                for number, condition in enumerate(feed.when):
                    asked.setdefault(condition.column, f"{path}.when.{number}")
                for target, rule in feed.columns.items():
                    for name in rule.columns():
                        asked.setdefault(name, f"{path}.columns.{target}")
        return asked

    def feeds(self) -> list[tuple[str, Feed]]:
        """List all feeds with their paths in the mapping, such as `tables.orders` or `tables.orders.1`."""
        return [
            (f"tables.{table}" if len(feeds) == 1 else f"tables.{table}.{number}", feed)
            for table, feeds in self.tables.items()
            for number, feed in enumerate(feeds)
        ]

    def hashes_all(self, source: str) -> bool:
        """Tell whether some column of the source's feeds is a hash of the whole row."""
        feeds = [feed for _, feed in self.feeds() if feed.source == source]
        return any(part.hash == "all" for feed in feeds for rule in feed.columns.values() for part in rule.all())
