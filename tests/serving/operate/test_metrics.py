import re

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from serving.operate.metrics import Metrics
from serving.settings import Settings
from tests.serving.api.test_order_checks import BODY


def samples(text):
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_service_tells_its_answers_times_and_state(client, sql):
    client.post("/v1/order-checks", json=BODY)
    client.post("/v1/order-checks/batch", json=[BODY | {"order_id": "o2"}, BODY | {"order_id": "o3"}])
    client.post("/v1/order-checks", json={})
    sql(
        "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, model_version, recorded_by,"
        " recorded_at) VALUES ('x', 1, 'approved', 'model', '2025-01-01', '4', 't', now() - interval '1 hour')"
    )
    sql(
        "INSERT INTO ledger.rescores (buyer_id, cause, recorded_at, not_before)"
        " VALUES ('x', 'settle', now(), 'infinity')"
    )
    told = samples(client.get("/metrics").text)
    assert told["bolanggu_order_check_answers_total", "covered"] == 3
    assert told["bolanggu_request_seconds_count", "200", "check_order"] == 1
    assert told["bolanggu_request_seconds_count", "422", "check_order"] == 1
    assert told["bolanggu_limit_age_seconds",] == pytest.approx(3600, abs=60)
    assert told["bolanggu_model", "4", "limits"] == 1
    assert (told["bolanggu_facts_waiting",], told["bolanggu_database_up",]) == (1, 1)
    assert told["bolanggu_order_checks_waiting",] == 0


def test_processes_of_one_server_tell_their_sum(tmp_path):
    import subprocess
    import sys

    count = (
        "from serving.operate.metrics import Metrics; from prometheus_client import CollectorRegistry\n"
        "m = Metrics(); m.took('check_order', 200, 0.1); print(m.written(CollectorRegistry()).decode())"
    )
    texts = [
        subprocess.run(
            [sys.executable, "-c", count],
            env={"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PATH": "", "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(3)
    ]
    counts = [samples(text)["bolanggu_request_seconds_count", "200", "check_order"] for text in texts]
    assert counts == [1, 2, 3]


def test_one_process_keeps_its_own(monkeypatch):
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    metrics = Metrics()
    metrics.took("ship", 200, 0.1)
    assert b'route="ship"' in metrics.written(CollectorRegistry())
    assert b'route="ship"' not in Metrics().written(CollectorRegistry())


def test_a_request_bears_its_id_in_and_out_and_in_problems(client, capsys):
    given = client.get("/v1/covers/999", headers={"X-Request-Id": "ask-7"})
    assert given.headers["X-Request-Id"] == given.json()["request_id"] == "ask-7"
    made = client.get("/v1/covers/999")
    assert re.fullmatch(r"[0-9a-f]{32}", made.headers["X-Request-Id"])
    assert made.json()["request_id"] == made.headers["X-Request-Id"]
    strange = client.get("/healthz", headers={"X-Request-Id": 'a "b" {c}'})
    assert re.fullmatch(r"[0-9a-f]{32}", strange.headers["X-Request-Id"])
    unforeseen = client.get("/v1/covers/999", headers={"X-Request-Id": "x" * 101})
    assert len(unforeseen.headers["X-Request-Id"]) == 32
    lines = capsys.readouterr().err
    assert '"request_id":"ask-7"' in lines.replace('": "', '":"')
    assert '"route":"get_cover"' in lines.replace('": "', '":"')


def test_a_failure_of_ours_is_logged_under_the_id_that_it_tells(client, capsys, monkeypatch):
    async def fails(*_):
        raise RuntimeError("a secret")

    monkeypatch.setattr("serving.api.health.run", fails)
    told = client.get("/readyz", headers={"X-Request-Id": "ask-8"})
    assert (told.status_code, told.json()["request_id"], told.headers["X-Request-Id"]) == (500, "ask-8", "ask-8")
    assert "a secret" not in told.text
    log = capsys.readouterr().err.replace('": "', '":"')
    assert '"request_id":"ask-8"' in log
    assert "a secret" in log


def test_traces_are_off_unless_a_collector_is_named(database):
    from fastapi.testclient import TestClient
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from serving.api.app import create_app
    from serving.operate.traces import trace_with

    assert Settings().otlp_endpoint is None
    app, exporter = create_app(database, Settings()), InMemorySpanExporter()
    provider = trace_with(app, exporter)
    with TestClient(app) as client:
        client.get("/v1/covers/1")
        client.get("/healthz")
    provider.shutdown()
    spans = [span.name for span in exporter.get_finished_spans()]
    assert any("/v1/covers" in name for name in spans)
    assert not any("healthz" in name for name in spans)
