from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey

from serving.app import create_app
from serving.settings import Settings
from tests.serving.web.provider import Provider


@pytest.fixture
def provider():
    made = Provider()
    yield made
    made.close()


@pytest.fixture
def guest(database, provider):
    settings = Settings(oidc_issuer=provider.issuer, oidc_title="Market ID")
    with TestClient(create_app(database, settings), "https://console.test", raise_server_exceptions=False) as client:
        client.cookies.set("bolanggu_language", "en")
        yield client


def _come_back(guest, provider, **changes):
    """Leave for the provider and come back with a code, as a browser would."""
    left = guest.get("/sign-in/provider?back=/buyers", follow_redirects=False)
    assert left.status_code == 303
    provider.asked = parse_qs(urlsplit(left.headers["location"]).query)
    answer = {"code": "c", "state": provider.asked["state"][0]} | changes
    return guest.get("/sign-in/provider/back", params=answer, follow_redirects=False)


def test_who_has_a_role_there_signs_in_here(guest, provider, sql):
    assert "Sign in through Market ID" in guest.get("/sign-in").text
    provider.claims = {"preferred_username": "zhou", "roles": ["auditor", "senior"]}
    done = _come_back(guest, provider)
    assert (done.status_code, done.headers["location"]) == (303, "/buyers")
    assert sql("SELECT name, role, is_local FROM accounts.sessions") == [("zhou (8812)", "senior", False)]
    assert "zhou (8812)" in guest.get("/buyers").text


@pytest.mark.parametrize("roles", [[], ["platform"], "guest"])
def test_who_has_no_role_of_ours_does_not(guest, provider, roles):
    provider.claims = {"roles": roles}
    assert _come_back(guest, provider).status_code == 403
    assert guest.get("/buyers", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "claims", [{"nonce": "another"}, {"aud": "another"}, {"iss": "https://another.example"}, {"exp": 1}]
)
def test_a_token_that_answers_something_else_is_not_taken(guest, provider, claims):
    provider.claims = {"roles": ["senior"]} | claims
    refused = _come_back(guest, provider)
    assert refused.status_code == 401
    assert "did not hold" in refused.text
    assert 'name="back" value="/buyers"' in refused.text, "and not the answer whose code is used up"
    assert guest.get("/buyers", follow_redirects=False).status_code == 303


def test_neither_is_one_signed_by_somebody_else(guest, provider):
    provider.claims = {"roles": ["senior"]}
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "k1"})
    assert _come_back(guest, provider).status_code == 401


def test_nor_an_answer_to_a_sign_in_of_another_browser(guest, provider):
    provider.claims = {"roles": ["senior"]}
    assert _come_back(guest, provider, state="another").status_code == 401
    guest.cookies.delete("bolanggu_pending")
    told = guest.get("/sign-in/provider/back?code=c&state=s", follow_redirects=False)
    assert (told.status_code, "was not begun in this browser" in told.text) == (401, True)


def test_a_provider_that_is_away_is_not_called_the_database(guest, provider):
    provider.close()
    told = guest.get("/sign-in/provider")
    assert told.status_code == 503
    assert f"OpenID provider {provider.issuer}" in told.text
    assert "database" not in told.text


def test_without_a_provider_there_is_no_such_way(reader):
    assert "Sign in through" not in reader.get("/sign-in").text
    assert reader.get("/sign-in/provider").status_code == 404
