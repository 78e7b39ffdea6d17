"""The kinds of value that a canonical column may hold, and what each is in Arrow, PostgreSQL and SQL checks.

A kind is named in a column's metadata; the Parquet reader, the database's check and the importer
all look here, so that a day or an amount means the same thing in each.
"""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value: its Arrow type, SQL types, unit, and the check a value must pass.

    `check` is SQL that holds for a good value, with `{c}` for the column; it is written in the part of
    SQL that DuckDB and PostgreSQL share. `reason` names its breach in rejects and errors.
    """

    arrow: pa.DataType
    duckdb: str
    postgres: str
    unit: str
    check: str | None = None
    reason: str = ""


FIRST_DAY, LAST_DAY = "1990-01-01", "2099-12-31"
_PLAUSIBLE = f"{{c}} BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}'"

KINDS: dict[str, Kind] = {
    "id": Kind(pa.string(), "VARCHAR", "text", "identifier", "length({c}) BETWEEN 1 AND 200", "bad_identifier"),
    "text": Kind(pa.string(), "VARCHAR", "text", "text", "length({c}) BETWEEN 1 AND 1000", "bad_text"),
    "day": Kind(pa.date32(), "DATE", "date", "day", _PLAUSIBLE, "impossible_date"),
    "instant": Kind(
        pa.timestamp("us", tz="UTC"),
        "TIMESTAMPTZ",
        "timestamptz",
        "instant, UTC",
        f"{{c}} BETWEEN TIMESTAMPTZ '{FIRST_DAY} 00:00:00+00' AND TIMESTAMPTZ '{LAST_DAY} 00:00:00+00'",
        "impossible_date",
    ),
    "positive_minor": Kind(pa.int64(), "BIGINT", "bigint", "minor units", "{c} > 0", "negative_amount"),
    "minor": Kind(pa.int64(), "BIGINT", "bigint", "minor units", "{c} >= 0", "negative_amount"),
    "currency": Kind(pa.string(), "VARCHAR", "text", "ISO 4217 code", "{c} ~ '^[A-Z]{3}$'", "unknown_currency"),
    "country": Kind(pa.string(), "VARCHAR", "text", "ISO 3166-1 alpha-2 code", "{c} ~ '^[A-Z]{2}$'", "unknown_country"),
    "flag": Kind(pa.bool_(), "BOOLEAN", "boolean", "true or false"),
    "risk_class": Kind(pa.int8(), "TINYINT", "smallint", "class 0 to 7", "{c} BETWEEN 0 AND 7", "bad_risk_class"),
    "outcome": Kind(
        pa.string(),
        "VARCHAR",
        "text",
        "accepted, rejected or withdrawn",
        "{c} IN ('accepted', 'rejected', 'withdrawn')",
        "bad_outcome",
    ),
}
