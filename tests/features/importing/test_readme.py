"""The README for mapping authors says what the code does."""

import re
from pathlib import Path

import pytest
import yaml

import features.importing
from features.importing.mapping import load
from features.importing.reasons import REASONS
from features.importing.rules import Condition, Feed, Mapping, Rule, Source
from tests.features.importing.trying import imported, lines, written

README = (Path(features.importing.__file__).parent / "README.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return re.split(r"\n#+ ", README[README.index(f"\n{heading}") + 1 :].split("\n", 1)[1])[0]


def keys(text: str) -> set[str]:
    return {key for row in re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}


def names(model: type[Source | Feed | Condition | Rule | Mapping]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def test_every_key_is_explained_where_it_belongs_and_no_other():
    tables = section("## `tables`")
    assert keys(section("## `sources`")) == names(Source)
    assert keys(tables.split("A condition")[0]) == names(Feed)
    assert keys(tables.split("A condition")[1]) | {"column"} == names(Condition)
    parts = ("## `columns`", "### Days and instants", "### Amounts", "### Countries")
    assert set().union(*(keys(section(part)) for part in parts)) | {"separator"} == names(Rule)


def test_every_reason_is_explained_in_the_same_words():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section("## Reasons for rejects"), re.MULTILINE))
    assert rows == REASONS


def test_the_kinds_reasons_are_named():
    from features.book.kinds import KINDS

    assert {kind.reason for kind in KINDS.values() if kind.reason} <= REASONS.keys()


def test_the_example_does_what_it_says(tmp_path):
    text = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)[0]
    row = '2024-7,0012,31.12.2023,"EUR 1.200,50",2024-02-15'
    found = imported(tmp_path, text, {"invoices.csv": lines(row, header="Invoice,Customer,Date,Amount,Cleared")})
    (order,) = found.rows("orders")
    assert (order["buyer_id"], order["amount_minor"], order["currency"]) == ("12", 120050, "EUR")
    assert (order["due_on"].isoformat(), order["recorded_at"].isoformat()) == (
        "2024-02-29",
        "2024-01-01T01:00:00+00:00",
    )
    assert found.rows("payments")[0]["payment_id"] == "payment-2024-7"


@pytest.mark.parametrize("path", sorted((Path(features.importing.__file__).parent / "mappings").glob("*.yaml")))
def test_the_example_mappings_are_good(path):
    assert load(path).tables
    assert yaml.safe_load(path.read_text(encoding="utf-8"))


def test_a_mapping_may_be_saved_with_a_byte_order_mark(tmp_path):
    text = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)[0]
    assert load(written(tmp_path, "m.yaml", b"\xef\xbb\xbf" + text.encode())).tables
