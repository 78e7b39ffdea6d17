import psycopg

from serving.ledger import limits


def test_an_unknown_path_and_method_are_problems(client):
    for answer, status in ((client.get("/nowhere"), 404), (client.delete("/v1/order-checks"), 405)):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status


def test_our_own_failure_tells_nothing_of_itself(client, monkeypatch):
    async def fail(*_):
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("serving.api.limits.limit_in_force", fail)
    answer = client.get("/v1/buyers/b1/limit")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "hunter2" not in answer.text


def test_without_a_database_callers_are_asked_to_come_again(client, monkeypatch):
    async def gone(*_):
        raise psycopg.OperationalError("server closed the connection")

    monkeypatch.setattr(limits, "query", lambda _: (_ for _ in ()).throw(psycopg.OperationalError("gone")))
    answer = client.get("/v1/buyers/b1/limit")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert client.get("/healthz").status_code == 200
