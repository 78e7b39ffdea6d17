"""Limit runs and comparisons over the API; what they decide is tested with the use cases."""

import pytest

from serving.limits.trials.service import Trials

ASK = {"event_id": "run-1"}
TWO = {"event_id": "two-1", "policy": {"version": "2020-launch"}, "against": {"version": "2024-current"}}


@pytest.fixture(autouse=True)
def _nobody_works(monkeypatch):
    """Let trials wait: nothing here depends on what they come to."""

    async def round_(self):
        return None

    monkeypatch.setattr(Trials, "round", round_)


def test_a_run_is_asked_for_once_and_waits(anybody, bearer):
    first = anybody.post("/v1/limit-runs", json=ASK, headers=bearer["underwriter"])
    again = anybody.post("/v1/limit-runs", json=ASK, headers=bearer["underwriter"])
    assert (first.status_code, first.json()["status"], first.json()["sides"]) == (202, "waiting", [])
    assert again.json() == first.json()
    number = first.json()["trial_id"]
    listed = anybody.get("/v1/limit-runs", headers=bearer["auditor"]).json()
    assert [each["trial_id"] for each in listed["items"]] == [number]
    assert anybody.get(f"/v1/limit-runs/{number}", headers=bearer["modeller"]).json()["stale"] == []
    assert anybody.get(f"/v1/limit-runs/{number}/changes", headers=bearer["auditor"]).json()["items"] == []
    assert anybody.get(f"/v1/policy-comparisons/{number}", headers=bearer["auditor"]).status_code == 404


def test_what_is_not_worked_out_is_not_released(anybody, bearer):
    number = anybody.post("/v1/limit-runs", json=ASK, headers=bearer["underwriter"]).json()["trial_id"]
    answer = anybody.post(f"/v1/limit-runs/{number}/release", json={"reason": "now"}, headers=bearer["senior"])
    assert answer.status_code == 409
    assert "is waiting; wait until it is worked out" in answer.json()["detail"]


def test_a_comparison_is_asked_for_and_a_faulty_policy_is_named(anybody, bearer):
    made = anybody.post("/v1/policy-comparisons", json=TWO, headers=bearer["modeller"])
    assert (made.status_code, made.json()["status"]) == (202, "waiting")
    listed = anybody.get("/v1/policy-comparisons", headers=bearer["auditor"]).json()
    assert [each["trial_id"] for each in listed["items"]] == [made.json()["trial_id"]]
    for choice, fault in (
        ({"text": "# mine\nversion: ''"}, "line 2, version: has fewer than 1 characters"),
        ({"text": "version: [1"}, "cannot be read as YAML"),
        ({"version": "1999"}, "policy version 1999: does not exist"),
        ({}, "name a version, or give the text"),
        ({"version": "2020-launch", "text": "version: x"}, "name a version, or give the text"),
    ):
        asked = TWO | {"event_id": f"two-{fault}", "policy": choice}
        answer = anybody.post("/v1/policy-comparisons", json=asked, headers=bearer["modeller"])
        assert answer.status_code == 422, fault
        assert fault in answer.text
