import asyncio
import logging

import psycopg
import pytest
from fastapi.testclient import TestClient

from serving.access.keys import add_key, revoke_key
from serving.api.app import create_app
from serving.settings import Settings
from tests.serving.api.test_order_checks import BODY


@pytest.fixture
def guarded(database, bearer):
    """The application with other settings, asked by the platform."""

    def make(**settings):
        client = TestClient(create_app(database, Settings(**settings)), raise_server_exceptions=False)
        client.headers.update(bearer["platform"])
        return client

    return make


def test_a_revoked_key_is_refused_once_forgotten(database, guarded):
    with psycopg.connect(database) as connection, guarded(key_cache_s=0) as client:
        key = add_key(connection, "short-lived", "platform")
        connection.commit()
        headers = {"Authorization": f"Bearer {key}"}
        assert client.get("/v1/buyers/b1/limit", headers=headers).status_code == 200
        revoke_key(connection, "short-lived")
        connection.commit()
        assert client.get("/v1/buyers/b1/limit", headers=headers).status_code == 401


def test_a_key_does_only_what_it_is_scoped_to(database, client):
    with psycopg.connect(database) as connection:
        key = add_key(connection, "checks-only", "platform", ["check_order"])
    headers = {"Authorization": f"Bearer {key}"}
    assert client.post("/v1/order-checks", json=BODY, headers=headers).status_code == 200
    assert client.get("/v1/buyers/b1/limit", headers=headers).status_code == 403


def test_a_body_that_is_too_large_is_refused_by_its_length_or_as_it_comes(guarded):
    with guarded(body_limit_bytes=1_000) as client:
        assert client.post("/v1/order-checks", content=b" " * 1_001).status_code == 413

        def pieces():
            for _ in range(3):
                yield b" " * 400

        for path in ("/v1/order-checks", "/v1/order-checks/batch"):
            answer = client.post(path, content=pieces(), headers={"Content-Type": "application/json"})
            assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
        assert client.post("/v1/order-checks", json=BODY).status_code == 200


def test_a_key_that_asks_too_often_waits_and_others_do_not(guarded, bearer):
    with guarded(rate_per_s=2) as client:
        told = [client.get("/v1/buyers/b1/limit") for _ in range(4)]
        assert [each.status_code for each in told][-1] == 429
        assert int(told[-1].headers["retry-after"]) >= 1
        assert client.get("/v1/buyers/b1/limit", headers=bearer["auditor"]).status_code == 200


def test_what_takes_too_long_is_ended(guarded, monkeypatch):
    async def slow(*_):
        await asyncio.sleep(5)

    monkeypatch.setattr("serving.api.limits.limit_in_force", slow)
    with guarded(request_timeout_s=0.05) as client:
        answer = client.get("/v1/buyers/b1/limit")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_answers_bear_the_headers_that_keep_browsers_from_harm(client):
    for answer in (client.get("/v1/buyers/b1/limit"), client.get("/v1/nowhere", headers={"Authorization": ""})):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "no-" in answer.headers["cache-control"]
    assert client.get("/healthz").headers["x-frame-options"] == "DENY"


def test_no_key_is_ever_logged(client, keys, bearer, monkeypatch, capfd, caplog):
    async def fail(*_):
        raise RuntimeError("something broke")

    monkeypatch.setattr("serving.api.limits.limit_in_force", fail)
    with caplog.at_level(logging.DEBUG):
        assert client.get("/v1/buyers/b1/limit").status_code == 500
        assert client.get("/v1/audit").status_code == 403
    seen = capfd.readouterr()
    assert "something broke" in seen.out + seen.err + caplog.text
    for key in keys.values():
        assert key not in seen.out + seen.err + caplog.text
