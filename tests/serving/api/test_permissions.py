"""Every endpoint as every role and as nobody: the whole table, held to the routes that there are."""

import pytest

from serving.access.principal import ROLES

READERS = {"underwriter", "senior", "modeller", "auditor"}
PLATFORM = {"platform"}
UNDERWRITERS = {"underwriter", "senior"}
MODELLERS = {"modeller", "senior"}

# What each endpoint is open to; whatever /v1 has must stand here.
WHO_MAY = {
    ("post", "/v1/order-checks"): PLATFORM,
    ("post", "/v1/order-checks/batch"): PLATFORM,
    ("get", "/v1/order-checks/{order_id}"): PLATFORM | READERS,
    ("get", "/v1/covers"): PLATFORM | READERS,
    ("get", "/v1/covers/{cover_id}"): PLATFORM | READERS,
    ("post", "/v1/covers/{cover_id}/ship"): PLATFORM,
    ("post", "/v1/covers/{cover_id}/settle"): PLATFORM,
    ("post", "/v1/covers/{cover_id}/release"): PLATFORM,
    ("post", "/v1/covers/{cover_id}/overdue"): PLATFORM,
    ("post", "/v1/claims"): PLATFORM,
    ("get", "/v1/claims"): PLATFORM | READERS,
    ("get", "/v1/claims/{claim_id}"): PLATFORM | READERS,
    ("post", "/v1/claims/{claim_id}/decision"): UNDERWRITERS,
    ("post", "/v1/claims/{claim_id}/recoveries"): UNDERWRITERS,
    ("get", "/v1/limits"): READERS,
    ("get", "/v1/buyers"): READERS,
    ("get", "/v1/buyers/{buyer_id}"): READERS,
    ("get", "/v1/buyers/{buyer_id}/limit"): PLATFORM | READERS,
    ("get", "/v1/buyers/{buyer_id}/limit/history"): READERS,
    ("get", "/v1/buyers/{buyer_id}/notes"): READERS,
    ("post", "/v1/buyers/{buyer_id}/notes"): UNDERWRITERS,
    ("post", "/v1/buyers/{buyer_id}/merge"): UNDERWRITERS,
    ("post", "/v1/buyers/{buyer_id}/split"): {"senior"},
    ("post", "/v1/buyers/{buyer_id}/limit-requests"): PLATFORM | UNDERWRITERS,
    ("post", "/v1/buyers/{buyer_id}/overrides"): UNDERWRITERS,
    ("post", "/v1/buyers/{buyer_id}/suspensions"): UNDERWRITERS,
    ("post", "/v1/buyers/{buyer_id}/restorations"): UNDERWRITERS,
    ("get", "/v1/limit-requests"): PLATFORM | READERS,
    ("get", "/v1/approvals"): READERS,
    ("get", "/v1/approvals/{approval_id}"): PLATFORM | READERS,
    ("post", "/v1/approvals/{approval_id}"): PLATFORM | UNDERWRITERS,
    ("get", "/v1/whitelist/candidates"): READERS,
    ("post", "/v1/whitelist/{exporter_id}"): UNDERWRITERS,
    ("post", "/v1/limit-runs"): UNDERWRITERS,
    ("get", "/v1/limit-runs"): READERS,
    ("get", "/v1/limit-runs/{run_id}"): READERS,
    ("get", "/v1/limit-runs/{run_id}/changes"): READERS,
    ("post", "/v1/limit-runs/{run_id}/release"): UNDERWRITERS,
    ("post", "/v1/policy-comparisons"): UNDERWRITERS | {"modeller"},
    ("get", "/v1/policy-comparisons"): READERS,
    ("get", "/v1/policy-comparisons/{run_id}"): READERS,
    ("get", "/v1/models"): READERS,
    ("post", "/v1/models/reading"): MODELLERS,
    ("get", "/v1/models/drift"): READERS,
    ("post", "/v1/models/drift"): MODELLERS,
    ("post", "/v1/models/rollback"): {"modeller"},
    ("get", "/v1/models/changes"): READERS,
    ("get", "/v1/models/changes/{change_id}"): READERS,
    ("post", "/v1/models/changes/{change_id}"): MODELLERS,
    ("get", "/v1/models/{version}"): READERS,
    ("get", "/v1/models/{version}/report"): READERS,
    ("post", "/v1/models/{version}/promotion"): {"modeller"},
    ("get", "/v1/portfolio"): READERS,
    ("get", "/v1/portfolio/years/{year}"): READERS,
    ("get", "/v1/audit"): {"auditor", "senior"},
}
# So filled in, a path is one that a route takes; there need not be such a thing.
BLANKS = {"order_id": "o1", "cover_id": 1, "claim_id": "c1", "buyer_id": "b1", "approval_id": 1, "year": 2024}
BLANKS |= {"exporter_id": "e1", "change_id": 1, "version": 1, "run_id": 1}


def routes(client):
    paths = client.get("/openapi.json").json()["paths"]
    return {(method, path) for path, methods in paths.items() for method in methods if path.startswith("/v1")}


def ask(client, route, headers):
    method, path = route
    parameters = {"query": "x"} if route == ("get", "/v1/buyers") else {}
    body: dict[str, object] | None = {} if method == "post" else None
    return client.request(method, path.format(**BLANKS), headers=headers, params=parameters, json=body)


def test_the_table_names_every_route(anybody):
    assert routes(anybody) == set(WHO_MAY)


def test_nobody_gets_in_without_a_key(anybody):
    for route in WHO_MAY:
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}):
            answer = ask(anybody, route, headers)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), route
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_in_where_it_may_and_nowhere_else(anybody, bearer, role):
    for route, allowed in WHO_MAY.items():
        status = ask(anybody, route, bearer[role]).status_code
        assert (status == 403) == (role not in allowed), (route, status)
        assert status < 500, route


def test_what_is_not_in_the_table_nobody_may(anybody, bearer, monkeypatch):
    monkeypatch.delitem(__import__("serving.access.permissions").access.permissions.PERMISSIONS, "get_limit")
    for role in ROLES:
        assert ask(anybody, ("get", "/v1/buyers/{buyer_id}/limit"), bearer[role]).status_code == 403


def test_paths_that_are_not_there_tell_strangers_nothing(anybody, bearer):
    assert anybody.get("/v1/nowhere").status_code == 401
    assert anybody.get("/v1/nowhere", headers=bearer["platform"]).status_code == 404


def test_health_and_the_documents_are_open(anybody):
    for path in ("/healthz", "/readyz", "/openapi.json", "/docs"):
        assert anybody.get(path).status_code == 200
