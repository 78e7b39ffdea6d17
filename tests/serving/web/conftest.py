"""The console in this process, with people who may sign in."""

import re

import psycopg
import pytest
from fastapi.testclient import TestClient

from serving.accounts.accounts import add_account
from serving.app import create_app
from serving.settings import Settings

PASSWORD = "correct horse battery"  # noqa: S105 - of accounts that tests make


class Reader:
    """A browser without eyes: it keeps cookies and sends the token that its pages bear."""

    def __init__(self, client: TestClient):
        self.client = client

    def get(self, path: str, **keywords):
        return self.client.get(path, **keywords)

    def post(self, path: str, form: dict[str, str], page: str = "/sign-in"):
        token = re.search(r'name="form_token" value="(\w+)"', self.client.get(page).text)
        assert token is not None
        return self.client.post(path, data=form | {"form_token": token[1]}, follow_redirects=False)

    def sign_in(self, name: str, password: str = PASSWORD, back: str = "/"):
        return self.post("/sign-in", {"name": name, "password": password, "back": back})


@pytest.fixture
def app(database):
    with psycopg.connect(database) as connection:
        for role in ("underwriter", "senior", "modeller", "auditor"):
            add_account(connection, role, role, PASSWORD)
    return create_app(database, Settings())


@pytest.fixture
def reader(app):
    with TestClient(app, "https://console.test", raise_server_exceptions=False) as client:
        client.cookies.set("bolanggu_language", "en")
        yield Reader(client)
