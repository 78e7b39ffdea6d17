"""The kinds of value that a canonical column may hold, and what each is in Arrow, DuckDB and PostgreSQL.

A kind is named in a column's metadata; the Parquet reader, the database's check and the importer
all look here, so that a day or an amount means the same thing in each. A kind's checks are pandera's,
and the SQL that asks the same of a table is written from them.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow as pa
from pandera import Check

from features.countries import countries
from features.money import currencies

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value: its Arrow type, SQL types, unit, and the check that a value must pass.

    `reason` names a breach of the check in rejects and errors.
    """

    arrow: pa.DataType
    duckdb: str
    postgres: str
    unit: str
    rule: Check | None = None
    reason: str = ""

    @property
    def check(self) -> str | None:
        """The rule as SQL, `{c}` standing for the column, in the part that DuckDB and PostgreSQL share."""
        return None if self.rule is None else _sql(self.rule)


def _sql(rule: Check) -> str:
    """Write a pandera check as SQL."""
    asked = rule.statistics or {}
    match rule.name:
        case "greater_than":
            return f"{{c}} > {asked['min_value']}"
        case "greater_than_or_equal_to":
            return f"{{c}} >= {asked['min_value']}"
        case "in_range":
            return f"{{c}} BETWEEN {_literal(asked['min_value'])} AND {_literal(asked['max_value'])}"
        case "str_length":
            return f"length({{c}}) BETWEEN {asked['min_value']} AND {asked['max_value']}"
        case "str_matches":
            # Braces are doubled: the text goes through str.format for the column's name.
            return "{c} ~ '" + str(asked["pattern"]).replace("{", "{{").replace("}", "}}") + "'"
        case "isin":
            return "{c} IN (" + ", ".join(f"'{value}'" for value in sorted(asked["allowed_values"])) + ")"
    raise NotImplementedError(f"no SQL for the check {rule.name}")


def _literal(value: date | datetime | int) -> str:
    if isinstance(value, datetime):
        return f"TIMESTAMPTZ '{value:%Y-%m-%d %H:%M:%S}+00'"
    return f"DATE '{value}'" if isinstance(value, date) else str(value)


_TEXT = pa.string()
_PLAUSIBLE_INSTANT = Check.in_range(
    datetime(FIRST_DAY.year, 1, 1, tzinfo=UTC), datetime(LAST_DAY.year, 12, 31, tzinfo=UTC)
)

KINDS: dict[str, Kind] = {
    "id": Kind(_TEXT, "VARCHAR", "text", "identifier", Check.str_length(1, 200), "bad_identifier"),
    "text": Kind(_TEXT, "VARCHAR", "text", "text", Check.str_length(1, 1000), "bad_text"),
    "day": Kind(pa.date32(), "DATE", "date", "day", Check.in_range(FIRST_DAY, LAST_DAY), "impossible_date"),
    "instant": Kind(
        pa.timestamp("us", tz="UTC"),
        "TIMESTAMPTZ",
        "timestamptz",
        "instant, UTC",
        _PLAUSIBLE_INSTANT,
        "impossible_date",
    ),
    "positive_minor": Kind(pa.int64(), "BIGINT", "bigint", "minor units", Check.gt(0), "negative_amount"),
    "minor": Kind(pa.int64(), "BIGINT", "bigint", "minor units", Check.ge(0), "negative_amount"),
    "currency": Kind(_TEXT, "VARCHAR", "text", "ISO 4217 code", Check.isin(currencies()), "unknown_currency"),
    "country": Kind(_TEXT, "VARCHAR", "text", "ISO 3166-1 alpha-2 code", Check.isin(countries()), "unknown_country"),
    "flag": Kind(pa.bool_(), "BOOLEAN", "boolean", "true or false"),
    "risk_class": Kind(pa.int8(), "TINYINT", "smallint", "class 0 to 7", Check.in_range(0, 7), "bad_risk_class"),
    "outcome": Kind(
        _TEXT,
        "VARCHAR",
        "text",
        "accepted, rejected or withdrawn",
        Check.isin(["accepted", "rejected", "withdrawn"]),
        "bad_outcome",
    ),
}
