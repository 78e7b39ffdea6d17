from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.features.importing.trying import value_of


def day(text: str, rule: dict[str, object] | None = None, **fields: str) -> tuple[str | None, str | None]:
    return value_of("orders", "ordered_on", {"column": "d", **(rule or {})}, {"d": text, **fields})


def instant(text: str, **rule: object) -> tuple[str | None, str | None]:
    return value_of("orders", "recorded_at", {"column": "d", **rule}, {"d": text})


@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        ("2024-02-29", {}, "2024-02-29"),
        (" 2024-2-9 ", {}, "2024-02-09"),
        ("2024-02-29 13:14:15", {}, "2024-02-29"),
        ("2024-02-29T23:30:00+08:00", {}, "2024-02-29"),
        ("29/02/2024", {"formats": "%d/%m/%Y"}, "2024-02-29"),
        ("29.02.24", {"formats": ["%d/%m/%Y", "%d.%m.%y"]}, "2024-02-29"),
        ("2024年2月29日", {"formats": "%Y年%m月%d日"}, "2024-02-29"),
        ("Feb 29, 2024", {"formats": "%b %d, %Y"}, "2024-02-29"),
        ("45351", {"formats": "excel"}, "2024-02-29"),
        ("45351.75", {"formats": "excel"}, "2024-02-29"),
        ("1709164800", {"formats": "unix"}, "2024-02-29"),
        ("2024-02-28", {"plus_days": "1"}, "2024-02-29"),
        ("2024-03-01", {"plus_days": "-1"}, "2024-02-29"),
        ("2024-01-30", {"plus_days": "terms"}, "2024-02-29"),
    ],
)
def test_days_are_read(text, rule, expected):
    assert day(text, rule, terms="30") == (expected, None)


@pytest.mark.parametrize(
    ("text", "rule", "reason"),
    [
        ("", {}, "missing_value"),
        ("31/02/2024", {"formats": "%d/%m/%Y"}, "impossible_date"),
        ("2024-02-30", {}, "impossible_date"),
        ("3025-01-01", {}, "impossible_date"),
        ("01/01/3025", {"formats": "%d/%m/%Y"}, "impossible_date"),
        ("20240-01-01", {}, "impossible_date"),
        ("1899-01-01", {}, "impossible_date"),
        ("01/02/19", {"formats": "%d/%m/%Y"}, "impossible_date"),
        ("9999999", {"formats": "excel"}, "impossible_date"),
        ("soon", {}, "unreadable_date"),
        ("29/02/2024", {}, "unreadable_date"),
        ("2024-02-29x", {}, "unreadable_date"),
        ("2024-02-29", {"plus_days": "terms"}, "unreadable_number"),
        ("2024-02-29", {"plus_days": "9999"}, "unreadable_number"),
    ],
)
def test_what_is_no_day_has_a_reason(text, rule, reason):
    assert day(text, rule, terms="net") == (None, reason)


@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        ("2024-02-29", {}, "2024-02-29 23:59:59+00"),
        ("2024-02-29", {"time": "09:30"}, "2024-02-29 09:30:00+00"),
        ("2024-02-29", {"time": "09:30", "zone": "Asia/Shanghai"}, "2024-02-29 01:30:00+00"),
        ("2024-02-29", {"zone": "Asia/Shanghai"}, "2024-02-29 15:59:59+00"),
        ("2024-02-29", {"plus_days": "1", "time": "00:00"}, "2024-03-01 00:00:00+00"),
        # The clocks of Berlin went forward between these days.
        ("2024-03-30", {"plus_days": "1", "time": "12:00", "zone": "Europe/Berlin"}, "2024-03-31 10:00:00+00"),
        ("2024-02-29 08:00", {}, "2024-02-29 08:00:00+00"),
        ("2024-02-29T08:00:00.5", {}, "2024-02-29 08:00:00.5+00"),
        ("2024-02-29 08:00:00", {"zone": "Asia/Shanghai"}, "2024-02-29 00:00:00+00"),
        ("2024-02-29T08:00:00+08:00", {"zone": "Europe/Berlin"}, "2024-02-29 00:00:00+00"),
        ("2024-02-29T08:00:00Z", {"zone": "Asia/Shanghai"}, "2024-02-29 08:00:00+00"),
        ("29/02/2024 08:00", {"formats": "%d/%m/%Y %H:%M"}, "2024-02-29 08:00:00+00"),
        ("29/02/2024 08:00 +0800", {"formats": "%d/%m/%Y %H:%M %z"}, "2024-02-29 00:00:00+00"),
        ("29/02/2024", {"formats": "%d/%m/%Y"}, "2024-02-29 23:59:59+00"),
        ("45351", {"formats": "excel"}, "2024-02-29 23:59:59+00"),
        ("45351.5", {"formats": "excel"}, "2024-02-29 12:00:00+00"),
        ("1709164800", {"formats": "unix", "zone": "Asia/Shanghai"}, "2024-02-29 00:00:00+00"),
    ],
)
def test_instants_are_read_in_their_zone(text, rule, expected):
    assert instant(text, **rule) == (expected, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("2024-02-29 25:00", "impossible_date"), ("2024-02-30", "impossible_date"), ("x", "unreadable_date")],
)
def test_what_is_no_instant_has_a_reason(text, reason):
    assert instant(text) == (None, reason)


def test_the_earliest_and_latest_pass_over_what_is_empty():
    fields = {"a": "2024-01-02", "b": "", "c": "2024-01-03"}
    for form, expected in (("earliest", "2024-01-02"), ("latest", "2024-01-03")):
        assert value_of("orders", "due_on", {form: ["a", "b", "c"]}, fields) == (expected, None)


def test_a_part_that_cannot_be_read_is_a_fault_though_others_can():
    fields = {"a": "2024-01-02", "b": "2024-02-30"}
    assert value_of("orders", "due_on", {"earliest": ["a", "b"]}, fields) == (None, "impossible_date")


@settings(max_examples=100, deadline=None)
@given(
    day_=st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    form=st.sampled_from(["%d/%m/%Y", "%m-%d-%Y", "%Y%m%d", "%d %B %Y", "iso", "excel"]),
)
def test_a_day_written_in_any_format_comes_back(day_, form):
    named = {"iso": day_.isoformat(), "excel": str((day_ - date(1899, 12, 30)) // timedelta(days=1))}
    text = named.get(form) or day_.strftime(form)
    assert day(text, {"formats": form}) == (day_.isoformat(), None)
