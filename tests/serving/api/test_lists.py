"""Lists page by cursor, leave as files, and bear tags."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest

from tests.serving.api.test_covers import TODAY
from tests.serving.api.test_order_checks import BODY


@pytest.fixture
def covers(client):
    orders = [BODY | {"order_id": f"o{n}", "buyer_id": f"b{n % 2}", "exporter_id": f"e{n % 3}"} for n in range(6)]
    items = client.post("/v1/order-checks/batch", json=orders).json()
    return [item["answer"]["cover_id"] for item in items]


def paged(client, path, key, **parameters):
    cursor, seen = None, []
    for _ in range(20):
        page = client.get(path, params=parameters | ({"cursor": cursor} if cursor else {}))
        assert page.status_code == 200, page.text
        seen.append([item[key] for item in page.json()["items"]])
        cursor = page.json()["next"]
        if cursor is None:
            return seen
    raise AssertionError("the pages do not end")


def test_covers_page_without_gap_or_repeat(client, covers):
    assert paged(client, "/v1/covers", "cover_id", limit=4) == [covers[:1:-1], covers[1::-1]]
    assert paged(client, "/v1/covers", "cover_id", limit=3) == [covers[:2:-1], covers[2::-1]]


def test_covers_are_filtered(client, covers):
    assert paged(client, "/v1/covers", "cover_id", buyer_id="b1") == [[covers[5], covers[3], covers[1]]]
    assert paged(client, "/v1/covers", "cover_id", exporter_id="e0") == [[covers[3], covers[0]]]
    client.post(f"/v1/covers/{covers[0]}/release", json={"event_id": "r"})
    assert covers[0] not in paged(client, "/v1/covers", "cover_id", is_open=True)[0]


@pytest.mark.parametrize("cursor", ["%%%", "bm8", "\u00ff", "LTE"])
def test_a_cursor_that_is_none_is_the_callers_mistake(client, cursor):
    answer = client.get("/v1/covers", params={"cursor": cursor})
    assert answer.status_code == 422
    assert "cursor" in answer.json()["detail"]


def test_a_cursor_with_a_character_that_no_name_has_is_the_callers_mistake(client, bearer):
    for path in ("/v1/limits", "/v1/whitelist/candidates", "/v1/claims", "/v1/covers"):
        for cursor in ("AA", "YQBi", "MjAyNi0wMS0wMSAA"):
            answer = client.get(path, params={"cursor": cursor}, headers=bearer["senior"])
            told = f"cursor {cursor}: is none of this list; use `next` of the page before, or leave it out"
            assert (answer.status_code, answer.json()["detail"]) == (422, told), path


def test_claims_page_by_day_and_name(client, covers, sql):
    for number, cover in enumerate(covers[:3]):
        ship = {"event_id": "s", "amount_minor": 100_000, "shipped_on": TODAY}
        client.post(f"/v1/covers/{cover}/ship", json=ship)
        documents = {"has_orders": True, "has_customs": number == 0, "has_communications": True}
        claim = {"event_id": f"c{number}", "cover_id": cover, "filed_on": TODAY, "loss_minor": 100_000} | documents
        assert client.post("/v1/claims", json=claim).status_code == 200
    assert paged(client, "/v1/claims", "claim_id", limit=2) == [["c2", "c1"], ["c0"]]
    assert client.get("/v1/claims/c0").json()["is_fast_track"]
    assert not client.get("/v1/claims/c1").json()["is_fast_track"]
    assert paged(client, "/v1/claims", "claim_id", is_open=False) == [[]]
    assert paged(client, "/v1/claims", "claim_id", buyer_id="b0") == [["c2", "c0"]]
    assert client.get("/v1/claims/c0").json()["cover_id"] == covers[0]
    assert client.get("/v1/claims/none").status_code == 404


def test_csv_has_a_byte_order_mark_and_runs_nothing(client, covers):
    client.post("/v1/order-checks", json=BODY | {"order_id": "=HYPERLINK(1)", "buyer_id": "买方"})
    answer = client.get("/v1/covers", headers={"Accept": "text/csv"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 7  # all of it, not a page
    assert (rows[0]["order_id"], rows[0]["buyer_id"]) == ("'=HYPERLINK(1)", "买方")


def test_xlsx_holds_numbers_as_numbers_and_text_as_text(client, covers):
    client.post("/v1/order-checks", json=BODY | {"order_id": "=1+1"})
    answer = client.get("/v1/covers", params={"format": "xlsx", "limit": 1})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 8
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["order_id"], first["covered_minor"]) == ("=1+1", 100_000)


def test_a_limit_that_is_still_so_is_told_in_a_line(client, covers):
    first = client.get("/v1/buyers/b0/limit")
    held = {"If-None-Match": first.headers["etag"]}
    again = client.get("/v1/buyers/b0/limit", headers=held)
    assert (again.status_code, again.content) == (304, b"")
    client.post("/v1/order-checks", json=BODY | {"order_id": "more", "buyer_id": "b0"})
    assert client.get("/v1/buyers/b0/limit", headers=held).status_code == 200


def test_the_history_tells_who_set_each_limit_and_why(client, bearer):
    for number, amount in enumerate((300_000, 200_000, 100_000)):
        override = {"event_id": f"e{number}", "reason": "watched", "amount_minor": amount, "valid_to": "2027-01-01"}
        answer = client.post("/v1/buyers/b1/overrides", json=override, headers=bearer["underwriter"])
        assert answer.json()["status"] == "approved", answer.text
    headers = bearer["auditor"]
    client.headers.update(headers)
    assert paged(client, "/v1/buyers/b1/limit/history", "amount_minor", limit=2) == [[100_000, 200_000], [300_000]]
    (newest, *_) = client.get("/v1/buyers/b1/limit/history").json()["items"]
    assert (newest["recorded_by"], newest["reasons"][0]["text"]) == ("underwriter", "Set by underwriter: watched")
    assert paged(client, "/v1/limits", "identity_id", status="reduced") == [["b1"]]


def test_the_audit_trail_tells_who_did_what(client, covers, bearer):
    client.post(f"/v1/covers/{covers[0]}/release", json={"event_id": "r"})
    note = {"event_id": "n", "text": "met at the fair"}
    assert client.post("/v1/buyers/b1/notes", json=note, headers=bearer["underwriter"]).status_code == 200
    client.headers.update(bearer["auditor"])
    assert paged(client, "/v1/audit", "action", who="underwriter") == [["write_note"]]
    (released,) = client.get("/v1/audit", params={"subject": "cover"}).json()["items"]
    assert (released["who"], released["action"], released["subject_id"]) == ("platform", "release", str(covers[0]))
    assert (released["before"]["exposure_cents"], released["after"]["exposure_cents"]) == (100_000, 0)


def test_notes_page_and_the_same_again_changes_nothing(client, bearer):
    client.headers.update(bearer["underwriter"])
    for number in (1, 2, 2, 3):
        note = {"event_id": f"n{number}", "text": f"note {number}"}
        assert client.post("/v1/buyers/b1/notes", json=note).status_code == 200
    assert paged(client, "/v1/buyers/b1/notes", "text", limit=2) == [["note 3", "note 2"], ["note 1"]]
    assert client.post("/v1/buyers/b1/notes", json={"event_id": "n1", "text": "another"}).status_code == 422


def test_a_platform_key_sees_its_own_requests_only(client, bearer, database):
    ask = {"event_id": "r1", "reason": "autumn fair", "request": "increase", "amount_minor": 3_000_000}
    mine = client.post("/v1/buyers/b1/limit-requests", json=ask).json()
    theirs = client.post("/v1/buyers/b1/limit-requests", json=ask, headers=bearer["underwriter"]).json()
    assert mine["before"] is None
    assert theirs["before"]["limit"]["status"] == "discretionary"
    assert paged(client, "/v1/limit-requests", "approval_id") == [[mine["approval_id"]]]
    assert client.get(f"/v1/approvals/{theirs['approval_id']}").status_code == 404
    both = client.get("/v1/approvals", headers=bearer["senior"]).json()["items"]
    assert [each["approval_id"] for each in both] == [theirs["approval_id"], mine["approval_id"]]


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/v1/limit-requests", {"approval_id", "reason"}),
        ("/v1/approvals", {"approval_id", "reason"}),
        ("/v1/buyers/b1/notes", {"note_id", "text"}),
        ("/v1/models/changes", set()),
        ("/v1/limit-runs", set()),
        ("/v1/policy-comparisons", set()),
    ],
)
def test_every_list_comes_as_a_file_too(client, covers, bearer, path, columns):
    client.headers.update(bearer["underwriter"])
    ask = {"event_id": "e", "reason": "room for autumn", "request": "increase", "amount_minor": 9_000_000}
    assert client.post("/v1/buyers/b1/limit-requests", json=ask).status_code == 200
    assert client.post("/v1/buyers/b1/notes", json={"event_id": "n", "text": "met at the fair"}).status_code == 200
    answer = client.get(path, headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == (1 if columns else 0)
    assert columns <= set(rows[0] if rows else ())
