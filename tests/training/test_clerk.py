"""The clerk's answers, as JSON, from a real registry."""

import json
import os
import subprocess
import sys

import pytest

from models.champion import read_champion
from serving.models.registry import DriftFound, Reading
from tests.training.books import LAST
from training.clerk import _finite, answer
from training.promotion import promote
from training.registration import register


def asked(question):
    """Ask as the service does, through JSON both ways."""
    return json.loads(json.dumps(_finite(answer(json.loads(json.dumps(question)))), allow_nan=False))


@pytest.fixture
def two(learned, registry):
    promote(register(learned, registry, "<p>one</p>"), registry, by="Wang")
    register(learned, registry)
    return registry


def test_it_reads_versions_figures_reports_and_gates(two, learned):
    told = asked({"ask": "read"})["answer"]
    assert (told["champion"], told["previous"]) == ("1", None)
    newest, oldest = told["versions"]
    assert (newest["version"], oldest["version"]) == ("2", "1")
    assert oldest["trained_as_of"] == LAST.isoformat()
    assert oldest["features"] == len(learned.bundle.features)
    chosen = learned.contest.chosen
    found = learned.judgement.figures[chosen]["auc"]
    assert oldest["figures"][chosen]["auc"] == pytest.approx([found.value, found.low, found.high])
    assert oldest["rests_on"]["book_sha256"] == learned.book_sha256
    assert told["reports"] == {oldest["run_id"]: "<p>one</p>", newest["run_id"]: None}
    (judged,) = told["judged"]
    assert (judged["run_id"], judged["against"]) == (newest["run_id"], oldest["run_id"])
    assert all(gate["passed"] for gate in judged["gates"])
    assert judged["comparison"]["gains"]["log_loss"]["value"] == 0
    assert told["history"][0]["by"] == "Wang"


def test_what_the_asker_holds_is_left_out(two):
    first = asked({"ask": "read"})["answer"]
    pairs = [[each["run_id"], each["against"]] for each in first["judged"]]
    again = asked({"ask": "read", "reports_held": list(first["reports"]), "gates_held": pairs})["answer"]
    assert (again["reports"], again["judged"]) == ({}, [])
    assert again["versions"] == first["versions"]


def test_it_promotes_and_rolls_back_by_request(two, registry_home):
    request = {"name": "change 1", "champion": "1", "reason": "newer"}
    promotion = {"ask": "promote", "version": "2", "is_override": False, "by": "mo", "request": request}
    assert asked(promotion) == {"answer": {"version": "2"}}
    assert asked(promotion) == {"answer": {"version": "2"}}
    assert read_champion(registry_home).version == "2"
    back = {"ask": "roll_back", "by": "mo", "request": {"name": "change 2", "champion": "2", "reason": "losses"}}
    assert asked(back) == {"answer": {"version": "1"}}
    assert [each["action"] for each in two.history()] == ["promoted", "promoted", "rolled back"]


def test_it_looks_for_drift(two, tempers):
    told = asked({"ask": "drift", "book": str(tempers), "as_of": LAST.isoformat()})["answer"]
    assert (told["version"], told["drifted"]) == ("1", False)


def test_errors_are_told_with_their_four_facts(registry_home):
    request = {"name": "n", "champion": None, "reason": "r"}
    told = asked({"ask": "promote", "version": "9", "is_override": False, "by": "mo", "request": request})["error"]
    assert (told["is_callers"], told["is_unavailable"]) == (True, False)
    assert (told["subject"], told["value"], told["cause"]) == ("model version", "9", "is not in the registry")


def test_as_a_program_it_answers_on_standard_output_alone(two, registry_home):
    environment = os.environ | {"BOLANGGU_HOME": str(registry_home), "MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}
    ran = subprocess.run(
        [sys.executable, "-m", "training.clerk"],
        input='{"ask": "read"}',
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    told = json.loads(ran.stdout)["error"]
    assert (told["is_unavailable"], told["subject"]) == (True, "registry")


def test_the_service_s_port_understands_every_answer(two, tempers, registry_home):
    """Both sides of the port in one process; the browser's tests join them by a real one."""
    reading = Reading.model_validate(asked({"ask": "read"})["answer"])
    assert (reading.champion, reading.judged[0].failed) == ("1", ())
    assert reading.judged[0].comparison is not None
    assert reading.judged[0].comparison.gains["auc"][0] == 0
    assert reading.history[0].gates
    found = DriftFound.model_validate(
        asked({"ask": "drift", "book": str(tempers), "as_of": LAST.isoformat()})["answer"]
    )
    assert (found.version, len(found.checks)) == ("1", 5)
