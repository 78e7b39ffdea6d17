"""The pages of models over a registry in memory: what they say of each state, and to whom."""

import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.settings import Settings
from tests.serving.models.registries import GAO, MO, MemoryRegistry, Models
from tests.serving.web.conftest import Reader


@pytest.fixture
def registry():
    return MemoryRegistry()


@pytest.fixture
def models(app, database, registry):
    found = Models(database)
    found.registry = registry
    return found


@pytest.fixture
def reader(models, database, registry):
    with TestClient(create_app(database, Settings(), registry), "https://console.test") as client:
        client.cookies.set("bolanggu_language", "en")
        yield Reader(client)


def test_a_version_s_page_tells_figures_gates_and_who_may_ask(models, reader):
    models.read()
    reader.sign_in("modeller")
    text = reader.get("/models/2").text
    for told in ("0.7000", "0.6000 – 0.8000", "Stability of the score", "0.8 to 1.25", "Ask for the promotion"):
        assert told in text, told
    assert "Open the training report" in text
    reader.post("/sign-out", {}, "/models")
    reader.sign_in("auditor")
    text = reader.get("/models/2").text
    assert "Your role reads" in text
    assert "Ask for the promotion" not in text


def test_a_form_that_is_sent_twice_asks_once(models, reader, sql):
    models.read()
    reader.sign_in("modeller")
    form = {"event_id": "console-1", "reason": "knows the autumn"}
    for _ in range(2):
        answer = reader.post("/models/2/promotion", form, "/models/2")
        assert (answer.status_code, answer.headers["location"]) == (303, "/models/2?said=asked_change")
    assert sql("SELECT count(*) FROM models.changes") == [(1,)]
    assert "another person confirms it" in reader.get("/models").text


def test_who_asked_is_refused_on_the_page_too(models, reader, sql):
    models.read()
    reader.sign_in("modeller")
    reader.post("/models/2/promotion", {"event_id": "console-1", "reason": "knows the autumn"}, "/models/2")
    answer = reader.post("/models/changes/1", {"verdict": "confirmed", "reason": "I know it best"}, "/models")
    assert answer.status_code == 403
    assert "needs other eyes than those of modeller" in answer.text
    assert sql("SELECT count(*) FROM models.words") == [(0,)]


def test_a_registry_that_is_down_is_told_and_what_it_said_stands(models, reader, registry):
    models.read()
    registry.is_down = True
    models.say(GAO, models.promote(MO), "confirmed")
    models.round()
    reader.sign_in("modeller")
    text = reader.get("/models").text
    assert "could not be carried out yet" in text
    assert "version 1" in text


def test_without_a_registry_the_page_says_so(app, database):
    with TestClient(create_app(database, Settings()), "https://console.test") as client:
        client.cookies.set("bolanggu_language", "en")
        reader = Reader(client)
        reader.sign_in("modeller")
        text = reader.get("/models").text
    assert "No registry of models is connected" in text
    assert "Look for drift now" not in text


def test_the_report_bears_a_policy_of_its_own_and_the_page_keeps_its(models, reader):
    models.read()
    reader.sign_in("underwriter")
    report = reader.get("/models/2/report")
    assert report.text == "<h1>report 2</h1>"
    assert report.headers["content-security-policy"].endswith("sandbox")
    assert "style-src 'self'" in reader.get("/models/2").headers["content-security-policy"]
    assert reader.get("/models/9").status_code == 404
    assert (
        reader.post(f"/models/changes/{2**63}", {"verdict": "declined", "reason": "no"}, "/models").status_code == 422
    )
    assert reader.get("/models/9/report").status_code == 404


def test_the_table_of_versions_is_exported(models, reader):
    models.read()
    reader.sign_in("underwriter")
    answer = reader.get("/models?versions_export=csv")
    assert "Version,Place,Kind" in answer.content.decode("utf-8-sig")


@pytest.mark.parametrize("path", ["/models/2", "/models/reading", "/models/drift", "/models/rollback"])
def test_nothing_is_done_without_the_page_s_token(models, reader, path):
    models.read()
    reader.sign_in("modeller")
    where = path if path != "/models/2" else "/models/2/promotion"
    assert reader.client.post(where, data={"event_id": "x", "reason": "forged"}).status_code == 422
