import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

import features
from features.catalogue import CATALOGUE, FAMILIES, Feature
from features.snapshot.steps import SCHEMA

SQL = Path(features.__file__).parent / "sql"


def test_names_are_unique_and_in_the_schema_in_order() -> None:
    names = [feature.name for feature in CATALOGUE]
    assert len(set(names)) == len(names)
    assert SCHEMA.names == ["buyer_id", "as_of", *names]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_s_sql_has_its_catalogue_s_columns(family: str) -> None:
    text = (SQL / f"{family}_features.sql").read_text(encoding="utf-8")
    assert sqlglot.parse_one(text, read="duckdb", into=exp.Select).named_selects == [
        "seat",
        *(each.name for each in CATALOGUE if each.family == family),
    ]


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda feature: feature.name)
def test_every_feature_is_explained(feature: Feature) -> None:
    assert feature.unit
    assert feature.meaning
    assert re.search("[\u4e00-\u9fff]", feature.zh)
    assert feature.en[0].isupper()
    assert not feature.en.endswith(".")
    if feature.name.endswith("_usd_cents") or "_usd_cents_" in feature.name:
        assert feature.unit == "US cents"
