from datetime import UTC, datetime

import pytest

from tests.serving.ledger.test_checks import set_limit


def test_a_limit_is_told_with_its_reasons_and_headroom(client, sql):
    sql(
        "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, grade, policy_version,"
        " model_version, reasons, recorded_by) VALUES ('b1', 900000, 'approved', 'model', '2025-01-01', 'B',"
        ' \'2024-current\', \'7\', \'[{"code": "cap_reached", "facts": {"cap": "USD 150,000.00"}}]\', \'test\')'
    )
    told = client.get("/v1/buyers/b1/limit").json()
    assert (told["status"], told["amount_minor"], told["headroom_minor"], told["grade"]) == (
        "approved", 900_000, 900_000, "B",
    )  # fmt: skip
    assert told["model_version"] == "7"
    assert told["reasons"][0]["code"] == "cap_reached"


def test_what_was_in_force_is_told_as_known_then(client, sql):
    early, late = datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)
    set_limit(sql, amount=100, valid_from="2025-01-01", at=early)
    set_limit(sql, amount=200, valid_from="2025-03-01", at=late)

    def amount(as_of, known_at):
        answer = client.get("/v1/buyers/b1/limit", params={"as_of": as_of, "known_at": known_at})
        return answer.json()["amount_minor"]

    assert amount("2025-03-15", "2025-03-15T00:00:00Z") == 100
    assert amount("2025-03-15", "2025-04-02T00:00:00Z") == 200
    assert amount("2025-02-15", "2025-04-02T00:00:00Z") == 100
    assert amount("2025-01-15", "2025-01-15T00:00:00Z") == 500_000  # nothing was known: the discretionary limit


def test_stop_cover_outranks_the_model_until_it_is_lifted(client, sql):
    def record(status, source, amount, minute):
        sql(
            "INSERT INTO ledger.limits"
            " (identity_id, amount_cents, status, source, valid_from, recorded_by, recorded_at)"
            " VALUES ('b1', %s, %s, %s, '2025-01-01', 't', %s)",
            amount, status, source, datetime(2025, 2, 1, 0, minute, tzinfo=UTC),
        )  # fmt: skip
        return client.get("/v1/buyers/b1/limit").json()["status"]

    assert record("approved", "model", 100, 1) == "approved"
    assert record("suspended", "event", 0, 2) == "suspended"
    assert record("approved", "model", 300, 3) == "suspended"
    assert record("restored", "event", 0, 4) == "approved"
    assert client.get("/v1/buyers/b1/limit").json()["amount_minor"] == 300


def test_a_day_before_the_first_policy_is_the_callers_mistake(client):
    answer = client.get("/v1/buyers/b1/limit", params={"as_of": "1999-01-01"})
    assert answer.status_code == 422
    assert "1999-01-01" in answer.json()["detail"]


BEYOND = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]
OF_AN_INSTANT = [
    "/v1/buyers/b1/limit",
    "/v1/buyers/b1/limit/history",
    "/v1/covers/1",
    "/v1/claims/CL-1",
    "/v1/order-checks/o1",
]


@pytest.mark.parametrize("known_at", BEYOND)
def test_an_instant_outside_the_calendar_is_the_callers_mistake(client, bearer, known_at):
    told = f"known_at {known_at}: is outside the years 1 to 9999 in UTC; name an instant within them"
    for path in OF_AN_INSTANT:
        answer = client.get(path, params={"known_at": known_at}, headers=bearer["auditor"])
        assert (answer.status_code, answer.json()["detail"]) == (422, told), path


@pytest.mark.parametrize("known_at", ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59Z", None])
def test_the_last_instant_of_the_calendar_knows_all_that_is_known_now(client, bearer, sql, known_at):
    set_limit(sql, amount=100)
    parameters = {} if known_at is None else {"known_at": known_at}
    history = client.get("/v1/buyers/b1/limit/history", params=parameters, headers=bearer["auditor"]).json()
    assert [each["amount_minor"] for each in history["items"]] == [100]
    assert client.get("/v1/buyers/b1/limit", params=parameters).json()["amount_minor"] == 100


@pytest.mark.parametrize("as_of", ["9999-12-31", "9999-12-30", None])
def test_a_buyer_on_a_day_to_come_is_told_as_it_is_known_now(client, bearer, sql, as_of):
    set_limit(sql, amount=100)
    parameters = {} if as_of is None else {"as_of": as_of}
    told = client.get("/v1/buyers/b1", params=parameters, headers=bearer["auditor"])
    assert (told.status_code, told.json()["limit_cents"]) == (200, 100)
