"""Models over HTTP: read, asked for by one, confirmed by another, carried out in the background."""

import psycopg
import pytest
from fastapi.testclient import TestClient

from serving.access.keys import add_key
from serving.api.app import create_app
from serving.settings import Settings
from tests.serving.models.registries import MemoryRegistry, Models
from tests.waiting import wait_until

ASK = {"event_id": "Q1", "reason": "knows the autumn's defaults"}


@pytest.fixture
def registry():
    return MemoryRegistry()


@pytest.fixture
def client(database, registry, keys, bearer):
    models = Models(database)
    models.registry = registry
    models.read()
    with TestClient(create_app(database, Settings(), registry), raise_server_exceptions=False) as made:
        made.headers.update(bearer["modeller"])
        yield made


def test_a_promotion_from_asking_to_use(client, bearer, registry):
    asked = client.post("/v1/models/2/promotion", json=ASK)
    assert (asked.status_code, asked.json()["status"], asked.json()["level_needed"]) == (200, "waiting", "modeller")
    change = f"/v1/models/changes/{asked.json()['change_id']}"
    own = client.post(change, json={"verdict": "confirmed", "reason": "I know it best"})
    assert (own.status_code, own.headers["content-type"]) == (403, "application/problem+json")
    assert "other eyes" in own.json()["detail"]
    word = {"verdict": "confirmed", "reason": "report read"}
    assert client.post(change, json=word, headers=bearer["senior"]).json()["status"] == "confirmed"
    wait_until(lambda: client.get(change).json()["status"] == "in_use")
    assert registry.in_use == ["1", "2"]
    (listed, _) = client.get("/v1/models").json()["items"]
    assert (listed["version"], listed["place"]) == ("2", "champion")
    (turn,) = client.get("/v1/models/2").json()["history"]
    assert (turn["by"], turn["reason"]) == ("modeller, confirmed by senior", ASK["reason"])
    (word_kept, done) = client.get(change).json()["words"]
    assert (word_kept["said_by"], done["status"]) == ("senior", "in_use")


def test_a_version_tells_its_figures_gates_and_report(client):
    told = client.get("/v1/models/2").json()
    assert told["figures"]["blend"]["auc"] == [0.7, 0.6, 0.8]
    assert [gate["passed"] for gate in told["gates"]] == [True, True]
    assert told["comparison"]["gains"]["log_loss"] == [0.01, -0.02, 0.03]
    report = client.get("/v1/models/2/report")
    assert report.text == "<h1>report 2</h1>"
    assert "sandbox" in report.headers["content-security-policy"]


@pytest.mark.parametrize("version", ["9", "latest", "1e3", "../2"])
def test_versions_that_are_not_there(client, version):
    assert client.get(f"/v1/models/{version}").status_code in (404, 422)
    assert client.post(f"/v1/models/{version}/promotion", json=ASK).status_code in (404, 405, 422)


def test_what_is_not_as_documented_is_a_problem(client):
    for body in ({}, ASK | {"reason": " "}, ASK | {"more": 1}, ASK | {"override": "perhaps"}):
        assert client.post("/v1/models/2/promotion", json=body).status_code == 422
    assert client.post("/v1/models/2/promotion", json=ASK | {"override": True}).status_code == 409
    assert client.post("/v1/models/1/promotion", json=ASK).status_code == 409
    assert client.post("/v1/models/rollback", json=ASK).status_code == 409
    assert client.post("/v1/models/changes/77", json={"verdict": "withdrawn", "reason": "gone"}).status_code == 404


def test_a_key_of_a_scope_does_no_more(client, database):
    with psycopg.connect(database) as connection:
        key = add_key(connection, "only asks", "modeller", ["ask_promotion"])
    headers = {"Authorization": f"Bearer {key}"}
    asked = client.post("/v1/models/2/promotion", json=ASK, headers=headers)
    assert asked.status_code == 200
    word = {"verdict": "withdrawn", "reason": "changed my mind"}
    answer = client.post(f"/v1/models/changes/{asked.json()['change_id']}", json=word, headers=headers)
    assert answer.status_code == 403


def test_changes_page(client):
    for number in range(3):
        asked = client.post("/v1/models/2/promotion", json=ASK | {"event_id": f"Q{number}"}).json()
        word = {"verdict": "withdrawn", "reason": "not yet"}
        assert client.post(f"/v1/models/changes/{asked['change_id']}", json=word).status_code == 200
    first = client.get("/v1/models/changes", params={"limit": 2}).json()
    rest = client.get("/v1/models/changes", params={"limit": 2, "cursor": first["next"]}).json()
    assert [each["change_id"] for each in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next"] is None


def test_drift_is_looked_for_in_the_background(client):
    assert client.post("/v1/models/drift").json() == {"is_new": True}
    wait_until(lambda: not client.get("/v1/models/drift").json()["is_due"])
    told = client.get("/v1/models/drift").json()
    assert told["fault"] is None
    assert (told["items"][0]["asked_by"], told["items"][0]["found"]["drifted"]) == ("modeller", True)


def test_a_registry_that_is_down_is_told(client, registry):
    registry.is_down = True
    assert client.post("/v1/models/reading").status_code == 202
    wait_until(lambda: client.get("/v1/models").json()["registry_fault"])
    told = client.get("/v1/models").json()
    assert "does not answer" in told["registry_fault"]
    assert len(told["items"]) == 2, "what it said before still stands"
