"""The trail's page: filtered, paged, exported whole, and closed to those who may not read it."""

import csv
from io import BytesIO, StringIO

import openpyxl
import psycopg
import pytest
from psycopg.types.json import Jsonb

from serving.access.audit import Act
from serving.access.principal import Principal
from serving.database.queries import query
from serving.web.pages import audit

LI = Principal("li", "underwriter")


@pytest.fixture
def trail(app, database):
    acts = [
        Act("override_limit", "buyer", "B 7/1", {"limit": {"amount_cents": 100_000, "status": "approved"}},
            {"limit": {"amount_cents": 250_000, "status": "approved"}}, "guarantee seen"),
        Act("decide_standing", "exporter", "E1", {"valid_to": None}, {"valid_to": "2027-03-01"}, "=HYPERLINK(1)"),
        Act("fly", "moon", "m1", None, {"is_override": True, "overridden": ["stable", "calibrated"]}),
    ]  # fmt: skip
    with psycopg.connect(database, autocommit=True) as connection:
        for act in acts:
            connection.execute(query("record_act"), act.row(LI))


def test_who_may_not_read_it_sees_neither_page_nor_entry(trail, reader):
    reader.sign_in("underwriter")
    assert reader.get("/audit").status_code == 403
    assert 'href="/audit"' not in reader.get("/book").text


def test_before_and_after_are_readable_and_lead_on(trail, reader):
    reader.sign_in("auditor")
    text = reader.get("/audit").text
    assert 'href="/audit" aria-current="page"' in text
    assert "<del>$1,000.00</del> → <ins>$2,500.00</ins>" in text
    assert "approved" not in text, "what stayed as it was is left out"
    assert 'href="/buyers/B%207%2F1"' in text
    assert "<ins>1 Mar 2027</ins>" in text
    assert "moon" in text
    assert "stable, calibrated" in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("who=li", 3),
        ("who=nobody", 0),
        ("action=override_limit", 1),
        ("kind=exporter&subject_id=E1", 1),
        ("since=2020-01-01&until=2020-01-02", 0),
        ("since=2020-01-01", 3),
        ("until=2020-01-01", 0),
    ],
)
def test_it_is_filtered(trail, reader, asked, found):
    reader.sign_in("auditor")
    text = reader.get(f"/audit?{asked}&who=li" if "who" not in asked else f"/audit?{asked}").text
    assert text.count('<td class="day"') == found
    assert ("Nothing was done that these filters leave." in text) == (found == 0)


def test_it_pages_without_gap_or_repeat(trail, reader, monkeypatch):
    monkeypatch.setattr(audit, "_PAGE", 2)
    reader.sign_in("auditor")
    first = reader.get("/audit?who=li").text
    assert first.count('<td class="day"') == 2
    older = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = reader.get(older).text
    assert second.count('<td class="day"') == 1
    assert "Newest" in second
    assert 'rel="next"' not in second


def test_it_is_exported_whole_and_runs_nothing(trail, reader, monkeypatch):
    monkeypatch.setattr(audit, "_PAGE", 1)
    reader.sign_in("auditor")
    answer = reader.get("/audit?who=li&export=csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["What"] for row in rows] == ["fly", "decide a standing", "override a limit"]
    assert rows[1]["Why"] == "'=HYPERLINK(1)"
    assert (rows[2]["Before"], rows[2]["After"]) == ("limit · amount: $1,000.00", "limit · amount: $2,500.00")
    sheet = openpyxl.load_workbook(BytesIO(reader.get("/audit?who=li&export=xlsx").content)).active
    assert sheet is not None
    assert sheet.max_row == 4
    assert sheet["G3"].data_type == "s"


def test_a_file_is_never_cut_short_in_silence(trail, reader, monkeypatch):
    monkeypatch.setattr(audit, "_MOST_IN_A_FILE", 2)
    reader.sign_in("auditor")
    answer = reader.get("/audit?export=csv")
    assert answer.status_code == 422
    assert "narrow the days" in answer.text


@pytest.mark.parametrize(
    "asked",
    ["since=yesterday", "until=2026-02-30", "until=9999-12-31", "who=%00", "before=0", "before=1e3", "export=pdf"],
)
def test_what_is_no_filter_is_told(trail, reader, asked):
    reader.sign_in("auditor")
    assert reader.get(f"/audit?{asked}").status_code == 422


def test_texts_that_somebody_wrote_stay_text(trail, reader, database):
    with psycopg.connect(database, autocommit=True) as connection:
        row = Act("write_note", "buyer", "b", after={"text": "<script>x</script>"}).row(LI)
        connection.execute(query("record_act"), row | {"before": Jsonb({})})
    reader.sign_in("auditor")
    assert "<script>x" not in reader.get("/audit").text
