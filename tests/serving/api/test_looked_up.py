"""Was this order covered at that moment, and why?"""

import pytest

from tests.serving.api.test_covers import TODAY
from tests.serving.api.test_order_checks import BODY


@pytest.fixture
def given(client):
    return client.post("/v1/order-checks", json=BODY).json()


def instants(sql):
    return [row[0].isoformat() for row in sql("SELECT recorded_at FROM ledger.entries ORDER BY seq")]


def test_one_look_up_tells_the_answer_the_cover_and_what_it_followed_from(client, given, bearer):
    told = client.get("/v1/order-checks/o1", headers=bearer["auditor"]).json()
    assert told["was_covered"]
    assert told["answer"]["covered_minor"] == given["covered_minor"]
    assert told["answer"]["reasons"][0]["text"].startswith("Buyer not assessed")  # as an underwriter reads it
    assert told["workings"]["is_replayed"]
    assert (told["workings"]["limit_cents"], told["workings"]["limit_status"]) == (500_000, "discretionary")
    assert told["cover"]["state"] == "reserved"


def test_the_platform_reads_its_answer_and_nothing_of_others(client, given):
    told = client.get("/v1/order-checks/o1").json()
    assert told["answer"] == given
    assert told["workings"] is None


def test_who_asked_is_told_of_every_decision_by_name_and_key(client, given, bearer, sql):
    declined = client.post("/v1/order-checks", json=BODY | {"order_id": "o2", "terms_days": 3_000}).json()
    assert declined["decision"] == "declined"
    ((key_id, name),) = sql("SELECT key_id, name FROM access.keys WHERE role = 'platform'")
    for order_id in ("o1", "o2"):
        told = client.get(f"/v1/order-checks/{order_id}", headers=bearer["auditor"]).json()
        assert (told["asked_by"], told["asked_by_key"]) == (name, key_id)


def test_a_key_that_has_the_name_of_a_revoked_one_did_not_ask_before_it_was_made(client, given, bearer, sql):
    ((key_id, name),) = sql("SELECT key_id, name FROM access.keys WHERE role = 'platform'")
    sql("UPDATE access.keys SET revoked_by = 't', revoked_at = now() WHERE key_id = %s", key_id)
    sql("INSERT INTO access.keys (name, role, prefix, secret_sha256, created_by)"
        " VALUES (%s, 'platform', 'bk', sha256('x'), 't')", name)  # fmt: skip
    told = client.get("/v1/order-checks/o1", headers=bearer["auditor"]).json()
    assert (told["asked_by"], told["asked_by_key"]) == (name, key_id)


def test_of_a_check_from_before_who_asked_was_kept_its_reservation_tells(client, given, bearer, sql):
    sql("ALTER TABLE ledger.decisions DISABLE TRIGGER only_added")
    sql("UPDATE ledger.decisions SET asked_by = NULL")
    assert client.get("/v1/order-checks/o1", headers=bearer["auditor"]).json()["asked_by"] is not None


def test_covered_then_and_not_now(client, given, bearer, sql):
    cover_id = given["cover_id"]
    client.post(f"/v1/covers/{cover_id}/ship", json={"event_id": "s", "amount_minor": 100_000, "shipped_on": TODAY})
    client.post(f"/v1/covers/{cover_id}/settle", json={"event_id": "p", "amount_minor": 100_000, "paid_on": TODAY})
    at = [
        client.get("/v1/order-checks/o1", params={"known_at": instant}, headers=bearer["auditor"]).json()
        for instant in instants(sql)
    ]
    assert [each["was_covered"] for each in at] == [True, True, False]
    assert [each["cover"]["state"] for each in at] == ["reserved", "shipped", "settled"]
    life = client.get(f"/v1/covers/{cover_id}", params={"known_at": instants(sql)[1]}).json()
    assert [each["event"] for each in life["entries"]] == ["reserve", "ship"]


def test_before_it_was_asked_there_was_nothing(client, given):
    told = client.get("/v1/order-checks/o1", params={"known_at": "2020-01-01T00:00:00Z"})
    assert told.status_code == 404
    assert client.get("/v1/order-checks/other").status_code == 404


def test_a_cleared_referral_is_told_beside_the_first_answer(client, bearer, sql):
    sql("INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, recorded_by)"
        " VALUES ('b1', 9000000, 'approved', 'model', '2025-01-01', 't')")  # fmt: skip
    body = BODY | {"amount_minor": 2_100_000}
    assert client.post("/v1/order-checks", json=body).json()["decision"] == "referred"
    approval = client.get("/v1/order-checks/o1").json()["approval_id"]
    for role in ("underwriter", "senior"):
        ruling = {"verdict": "approved", "reason": "contract seen"}
        answer = client.post(f"/v1/approvals/{approval}", json=ruling, headers=bearer[role])
        assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "approved"
    told = client.get("/v1/order-checks/o1").json()
    assert (told["answer"]["decision"], told["after_referral"]["decision"]) == ("referred", "covered")
    assert told["was_covered"]
    assert told["cover"]["order_id"] == "o1"
    assert client.get("/v1/order-checks/o1", headers=bearer["senior"]).json()["workings"]["is_replayed"]
    # Shipped, it enters the book under the platform's own name for it.
    ship = {"event_id": "s", "amount_minor": 2_100_000, "shipped_on": TODAY}
    client.post(f"/v1/covers/{told['cover']['cover_id']}/ship", json=ship)
    assert sql("SELECT order_id FROM book.orders") == [("o1",)]
