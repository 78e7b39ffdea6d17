from datetime import UTC, datetime, timedelta

import httpx
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


DOCUMENTS = {"has_orders": True, "has_customs": True, "has_communications": True}


@pytest.mark.parametrize(
    ("path", "day", "told"),
    [
        ("covers/{}/ship", "shipped_on", {"amount_minor": 1}),
        ("covers/{}/settle", "paid_on", {"amount_minor": 1}),
        ("covers/{}/overdue", "reported_on", {"amount_minor": 1}),
        ("claims", "filed_on", {"loss_minor": 1} | DOCUMENTS),
        ("claims/CL-1/decision", "decided_on", {"outcome": "accepted"}),
        ("claims/CL-1/recoveries", "received_on", {"amount_minor": 1}),
    ],
)
def test_nothing_is_told_before_it_happens(client, cover_id, bearer, path, day, told):
    """A payment dated ahead would free cover, a notice stop it before its time, a claim wait for its own day."""
    now = datetime.now(UTC).date()
    shipment = {"event_id": "s", "amount_minor": 50_000, "shipped_on": TODAY, "final": False}
    client.post(f"/v1/covers/{cover_id}/ship", json=shipment)
    claim = {"event_id": "CL-1", "cover_id": cover_id, "filed_on": TODAY, "loss_minor": 50_000} | DOCUMENTS
    if path.startswith("claims/"):
        client.post("/v1/claims", json=claim)
    if path.endswith("recoveries"):
        accepted = {"event_id": "D-1", "outcome": "accepted", "decided_on": TODAY}
        client.post("/v1/claims/CL-1/decision", json=accepted, headers=bearer["underwriter"])
    before = client.get(f"/v1/covers/{cover_id}").json()

    def tell(ahead: int) -> httpx.Response:
        when = (now + timedelta(days=ahead)).isoformat()
        named = {"event_id": f"ahead-{ahead}", day: when} | told
        answer: httpx.Response = client.post(
            f"/v1/{path.format(cover_id)}",
            json=named | ({"cover_id": cover_id} if path == "claims" else {}),
            headers=bearer["underwriter" if path.startswith("claims/") else "platform"],
        )
        return answer

    far = tell(3 if day == "shipped_on" else 90)
    assert (far.status_code, "still to come" in far.json()["detail"]) == (409, True)
    after = client.get(f"/v1/covers/{cover_id}").json()
    assert after | {"known_at": before["known_at"]} == before
    # East of Greenwich tomorrow has begun; that an order is due is not to be hurried by it.
    assert tell(1).status_code == (409 if day == "reported_on" else 200)


def test_what_is_not_there_is_not_found(client, bearer):
    assert client.get("/v1/covers/99").status_code == 404
    decision = {"event_id": "d", "outcome": "accepted", "decided_on": TODAY}
    told = client.post("/v1/claims/none/decision", json=decision, headers=bearer["underwriter"])
    assert told.status_code == 404
