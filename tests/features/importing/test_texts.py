import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.importing.rules import Condition, Source
from features.importing.steps import literal
from features.importing.texts import Row, chosen
from tests.features.importing.trying import _connection, value_of


def identifier(rule: dict[str, object], **fields: str) -> tuple[str | None, str | None]:
    return value_of("orders", "buyer_id", rule, fields)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"column": "a"}, "0042"),
        ({"column": "a", "remove": "^0+"}, "42"),
        ({"column": "a", "pad": "6"}, "000042"),
        ({"column": "a", "pad": "3"}, "0042"),
        ({"column": "a", "prefix": "B-"}, "B-0042"),
        ({"constant": "E1"}, "E1"),
        ({"join": ["a", "b"]}, "0042-x Y"),
        ({"join": ["a", "b"], "separator": "/"}, "0042/x Y"),
        ({"column": "b", "case": "upper"}, "X Y"),
        ({"column": "b", "extract": "[A-Z]"}, "Y"),
        ({"column": "b", "extract": "(x) (Y)"}, "x"),
        ({"column": "b", "extract": "(?:x) [Y(]"}, "x Y"),
        ({"column": "b", "values": {"x Y": "known"}}, "known"),
        ({"column": "b", "values": {"z": "known"}, "otherwise": "keep"}, "x Y"),
        ({"column": "e", "default": "none"}, "none"),
        ({"column": "e", "default": "none", "prefix": "B-"}, "none"),
        ({"first": ["e", "b"]}, "x Y"),
        ({"first": ["e", {"constant": "c"}]}, "c"),
        ({"first": ["e", {"first": ["e", "a"]}]}, "0042"),
    ],
)
def test_texts_pass_their_steps(rule, expected):
    assert identifier(rule, a="0042", b="\u3000x Y\u00a0", e=" ") == (expected, None)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"column": "e"}, "missing_value"),
        ({"column": "a", "empty": "0042"}, "missing_value"),
        ({"column": "a", "remove": "."}, "missing_value"),
        ({"column": "a", "extract": "x"}, "missing_value"),
        ({"join": ["a", "e"]}, "missing_value"),
        ({"column": "a", "values": {"z": "known"}}, "unmapped_value"),
        ({"column": "a", "values": {"z": "known"}, "default": "none"}, "unmapped_value"),
        ({"column": "a", "values": {"z": "known"}, "otherwise": "empty"}, "missing_value"),
        ({"constant": "x" * 201}, "bad_identifier"),
    ],
)
def test_what_gives_no_text_has_a_reason(rule, reason):
    assert identifier(rule, a="0042", e="") == (None, reason)


def test_a_hash_tells_rows_apart_and_the_same_row_from_nothing():
    def digest(rule: list[str] | str, **fields: str) -> str | None:
        return identifier({"hash": rule}, **fields)[0]

    assert digest("all", a="1", b="2") == digest("all", b="2", a="1") == digest(["a", "b"], a="1", b="2", c="3")
    assert digest("all", a="12", b="") != digest("all", a="1", b="2")
    assert digest("all", a="", b="1") != digest("all", a="1", b="")


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"is": "RV"}, True),
        ({"is": ["X2", "X1"]}, False),
        ({"is_not": ["X2", "X1"]}, True),
        ({"is_not": "RV"}, False),
        ({"filled": "true"}, True),
        ({"filled": "false"}, False),
        ({"matches": "^R"}, True),
        ({"not_matches": "^R"}, False),
    ],
)
@pytest.mark.parametrize("void", [False, True])
def test_conditions_hold_or_not_and_are_never_undecided(condition, holds, void):
    row = Row({"t": "c0"}, Source())
    sql = chosen(Condition.model_validate({"column": "t", **condition}), row)
    raw = f"SELECT {literal('  ' if void else ' RV ')} AS c0"
    found = _connection().execute(f"SELECT {sql} FROM ({row.steps.over(raw)})").fetchall()[0][0]
    turns = {"is": False, "is_not": True, "filled": condition.get("filled") == "false", "matches": False}
    assert found is (turns.get(next(iter(condition)), True) if void else holds)


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ({"column": "c"}, "us", ("US", None)),
        ({"column": "c"}, "ZZ", ("ZZ", None)),
        ({"column": "c"}, "QM", ("QM", None)),
        ({"column": "c"}, "UK", (None, "unknown_country")),
        ({"column": "c"}, "USA", (None, "unknown_country")),
        ({"column": "c", "country": "alpha3"}, "usa", ("US", None)),
        ({"column": "c", "country": "numeric"}, "36", ("AU", None)),
        ({"column": "c", "country": "name"}, "viet nam", ("VN", None)),
        ({"column": "c", "country": "any"}, "Germany", ("DE", None)),
        ({"column": "c", "country": "any"}, "DE", ("DE", None)),
        ({"column": "c", "country": "name"}, "Atlantis", (None, "unknown_country")),
        ({"column": "c", "country": "name", "default": "ZZ"}, "", ("ZZ", None)),
    ],
)
def test_countries_are_iso(rule, text, expected):
    assert value_of("buyers", "country", rule, {"c": text}) == expected


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("currency", "usd", ("USD", None)),
        ("currency", "XAU", (None, "unknown_currency")),
        ("currency", "DOLLAR", (None, "unknown_currency")),
        ("has_customs", "Yes", ("true", None)),
        ("has_customs", "0", ("false", None)),
        ("has_customs", "有", ("true", None)),
        ("has_customs", "perhaps", (None, "unreadable_flag")),
        ("outcome", "Accepted", ("accepted", None)),
        ("outcome", "won", (None, "bad_outcome")),
        ("outcome", "", (None, None)),
    ],
)
def test_codes_and_flags(column, text, expected):
    assert value_of("claims", column, "x", {"x": text}) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("7", ("7", None)), ("8", (None, "bad_risk_class")), ("-", (None, None))]
)
def test_risk_classes(text, expected):
    assert value_of("country_risk", "risk_class", {"column": "x", "empty": "-"}, {"x": text}) == expected


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=50))
def test_any_text_passes_unharmed_save_blanks_around_it(text):
    blanks = " \t\r\n\u00a0\u2007\u202f\u3000\ufeff"
    expected = text.strip(blanks)
    value, reason = value_of("buyers", "name", "x", {"x": text})
    assert (value, reason) == ((expected, None) if expected else (None, "missing_value"))
