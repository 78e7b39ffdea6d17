import duckdb
import pandas as pd
import pytest
from pandera.errors import SchemaError
from pandera.pandas import SeriesSchema

from features.book.kinds import KINDS

# One good and one bad value of each kind that has a rule.
VALUES = {
    "id": ("'a'", "''"),
    "text": ("'a'", "''"),
    "day": ("DATE '2024-01-01'", "DATE '3025-01-01'"),
    "instant": ("TIMESTAMPTZ '2024-01-01 00:00:00+00'", "TIMESTAMPTZ '1900-01-01 00:00:00+00'"),
    "positive_minor": ("1", "0"),
    "minor": ("0", "-1"),
    "currency": ("'USD'", "'usd'"),
    "country": ("'CN'", "'CHN'"),
    "risk_class": ("7", "8"),
    "outcome": ("'accepted'", "'maybe'"),
}


def test_every_rule_is_tried_here():
    assert set(VALUES) == {name for name, kind in KINDS.items() if kind.rule is not None}


@pytest.mark.parametrize("name", VALUES)
def test_sql_and_pandera_agree_on_good_and_bad(name):
    kind = KINDS[name]
    assert kind.check is not None
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for literal, good in zip(VALUES[name], (True, False), strict=True):
        query = f"SELECT CAST({literal} AS {kind.duckdb}) AS c"
        assert connection.execute(f"SELECT {kind.check.format(c='c')} FROM ({query})").fetchall() == [(good,)]
        column = connection.sql(query).to_arrow_table().to_pandas(types_mapper=pd.ArrowDtype)["c"]
        schema = SeriesSchema(pd.ArrowDtype(kind.arrow), checks=kind.rule)
        if good:
            schema.validate(column.astype(pd.ArrowDtype(kind.arrow)))
        else:
            with pytest.raises(SchemaError):
                schema.validate(column.astype(pd.ArrowDtype(kind.arrow)))
