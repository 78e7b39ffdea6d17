"""A mapping that says what cannot be done ends in one line that names the key and the remedy."""

import pytest

from features.errors import FileError, MappingError
from features.importing.mapping import load
from tests.features.importing.trying import INVOICES, written


def test_a_good_mapping_is_read(tmp_path):
    mapping = load(written(tmp_path, "m.yaml", INVOICES))
    assert [path for path, _ in mapping.feeds()] == ["tables.orders", "tables.payments"]
    assert set(mapping.needed("invoices")) == {"id", "buyer", "day", "due", "amount", "currency", "paid"}


def test_scalars_are_texts(tmp_path):
    text = INVOICES.replace("{constant: E1}", "{constant: NO}").replace("buyer_id: buyer", "buyer_id: {constant: 007}")
    columns = load(written(tmp_path, "m.yaml", text)).tables["orders"][0].columns
    assert (columns["exporter_id"].constant, columns["buyer_id"].constant) == ("NO", "007")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sources:", "sources: [", "is not YAML at line"),
        ("sources:", "sources: {}\nsauces:", "key sources"),
        ("tables:", "tabels:", "key tables: is missing"),
        ("tables:", "extra: 1\ntables:", "key extra: there is no such key"),
        ('{files: "*.csv"}', '{files: "*.csv", codec: x}', "key sources.invoices.codec: there is no such key"),
        ('{files: "*.csv"}', "{format: pdf}", "key sources.invoices.format pdf"),
        ('{files: "*.csv"}', "{separator: ',,'}", "key sources.invoices.separator ,,: is not one"),
        ('{files: "*.csv"}', "{formats: d/m/Y}", "is not a date format"),
        ('{files: "*.csv"}', '{formats: "%Q"}', "is not a date format"),
        ('{files: "*.csv"}', "{zone: Mars/Olympus}", "is not a time zone"),
        ("orders:", "invoices:", "key tables.invoices: there is no such table"),
        ("orders:", "order:", "did you mean orders?"),
        ("from: invoices", "from: invoice", "tables.orders.from invoice: is not among the sources; did you mean inv"),
        ("due_on: due", "due_in: due", "key tables.orders.columns.due_in: table orders has no such column; did you m"),
        ("      due_on: due\n", "", "does not say where due_on comes from"),
        ("due_on: due", "due_on: {column: due, constant: x}", "says column and constant of"),
        ("due_on: due", "due_on: {prefix: x}", "says none of"),
        ("due_on: due", "due_on: {earliest: [due], prefix: x}", "has prefix beside earliest"),
        ("due_on: due", "due_on: {column: due, decimal: x}", "due_on.decimal: is not for a column of kind day"),
        ("due_on: due", "due_on: {earliest: [{column: due, unit: minor}]}", "due_on.0.unit: is not for a column"),
        ("due_on: due", "due_on: due\n      due_on: day", "key due_on comes twice"),
        ("due_on: due", "due_on: {column: due, remove: '('}", "is not a regular expression"),
        ("due_on: due", "due_on: {column: due, time: '25:00'}", "key tables.orders.0.columns.due_on.time 25:00"),
        ("amount_minor: amount", "amount_minor: {column: amount, rounding: up}", "rounding up"),
        ("buyer_id: buyer", "buyer_id: {hash: some}", "key tables.orders.0.columns.buyer_id.hash"),
        ("due_on: due", "due_on: {first: []}", "key tables.orders.0.columns.due_on.first"),
        ("due_on: due", "due_on: {first: [{earliest: [{column: due, unit: minor}]}]}", "due_on.0.0.unit: is not for"),
        ("amount_minor: amount", "amount_minor: {column: amount, decimal: ',', thousands: ','}", "amount_minor: has ,"),
        ("amount_minor: amount", "amount_minor: {column: amount, decimal: '5'}", "decimal 5: is not one sign"),
        ('{files: "*.csv"}', '{decimal: ",", thousands: ","}', "has , for its decimal sign and its thousands sign"),
        ('{files: "*.csv"}', '{symbols: {"¥": RMB}}', "names RMB, which is not an ISO 4217 currency"),
        ('{files: "*.csv"}', "{separator: ，}", "is not one ASCII character"),
        ("filled: true", "filled: maybe", "key tables.payments.0.when.0.filled"),
        ("filled: true", "filled: true, is: x", "says 2 of is, is_not"),
        ("tables:", "  idle: {}\ntables:", "sources.idle: feeds no table"),
    ],
)
def test_what_cannot_be_done_is_told_by_its_key(tmp_path, old, new, said):
    assert old in INVOICES
    path = written(tmp_path, "m.yaml", INVOICES.replace(old, new, 1))
    with pytest.raises(MappingError) as caught:
        load(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_facts_about_orders_need_orders(tmp_path):
    text = INVOICES[: INVOICES.index("  orders:")] + INVOICES[INVOICES.index("  payments:") :]
    with pytest.raises(MappingError, match=r"tables.payments: refers to orders, which nothing feeds"):
        load(written(tmp_path, "m.yaml", text))


@pytest.mark.parametrize("content", [b"", b"- a\n", b"text", b"\xff\xfe\x00", b"a: [1\n", b"\x00", b"\t- x: y\n z"])
def test_what_is_no_mapping_is_told_in_one_line(tmp_path, content):
    with pytest.raises(MappingError) as caught:
        load(written(tmp_path, "m.yaml", content))
    assert "\n" not in str(caught.value)


def test_a_missing_mapping_is_told(tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        load(tmp_path / "none.yaml")
