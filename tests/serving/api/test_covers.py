from datetime import UTC, datetime

import pytest

from tests.serving.api.test_order_checks import BODY

TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture
def cover_id(client):
    return client.post("/v1/order-checks", json=BODY).json()["cover_id"]


def test_a_cover_is_shipped_and_settled(client, cover_id):
    ship = {"event_id": "s1", "amount_minor": 80_000, "shipped_on": TODAY}
    shipped = client.post(f"/v1/covers/{cover_id}/ship", json=ship)
    assert (shipped.status_code, shipped.json()["state"], shipped.json()["exposure_minor"]) == (200, "shipped", 80_000)
    pay = {"event_id": "p1", "amount_minor": 80_000, "paid_on": TODAY}
    assert client.post(f"/v1/covers/{cover_id}/settle", json=pay).json()["state"] == "settled"
    assert client.get(f"/v1/covers/{cover_id}").json()["exposure_minor"] == 0
    assert client.get("/v1/buyers/b1/limit").json()["exposure_minor"] == 0


def test_what_does_not_fit_is_a_conflict_with_its_reason(client, cover_id):
    pay = {"event_id": "p1", "amount_minor": 1, "paid_on": TODAY}
    answer = client.post(f"/v1/covers/{cover_id}/settle", json=pay)
    assert answer.status_code == 409
    assert "0 owed" in answer.json()["detail"]


def test_a_claim_is_filed_and_stops_cover(client, cover_id, bearer):
    client.post(f"/v1/covers/{cover_id}/ship", json={"event_id": "s1", "amount_minor": 100_000, "shipped_on": TODAY})
    claim = {
        "event_id": "CL-1", "cover_id": cover_id, "filed_on": TODAY, "loss_minor": 100_001,
        "has_orders": True, "has_customs": True, "has_communications": True,
    }  # fmt: skip
    assert client.post("/v1/claims", json=claim).status_code == 409
    assert client.post("/v1/claims", json=claim | {"loss_minor": 100_000}).json()["claim_id"] == "CL-1"
    stopped = client.post("/v1/order-checks", json=BODY | {"order_id": "o2"}).json()
    assert (stopped["decision"], stopped["reasons"][0]["code"]) == ("declined", "stop_cover")
    decision = {"event_id": "D-1", "outcome": "accepted", "decided_on": TODAY}
    assert (
        client.post("/v1/claims/CL-1/decision", json=decision, headers=bearer["underwriter"]).json()[
            "compensated_minor"
        ]
        == 45_000
    )
    recovery = {"event_id": "R-1", "amount_minor": 10_001, "received_on": TODAY}
    told = client.post("/v1/claims/CL-1/recoveries", json=recovery, headers=bearer["underwriter"]).json()
    assert (told["recovered_minor"], told["programme_share_minor"]) == (10_001, 4_500)


def test_what_is_not_there_is_not_found(client, bearer):
    assert client.get("/v1/covers/99").status_code == 404
    decision = {"event_id": "d", "outcome": "accepted", "decided_on": TODAY}
    told = client.post("/v1/claims/none/decision", json=decision, headers=bearer["underwriter"])
    assert told.status_code == 404
