from collections.abc import Iterator

import psycopg
import pytest
from fastapi.testclient import TestClient

from serving.access.keys import add_key
from serving.access.principal import ROLES, Role
from serving.api.app import create_app
from serving.settings import Settings


@pytest.fixture
def keys(database: str) -> dict[Role, str]:
    """A key of each role, named after it."""
    with psycopg.connect(database) as connection:
        return {role: add_key(connection, role, role) for role in ROLES}


@pytest.fixture
def bearer(keys: dict[Role, str]) -> dict[str, dict[str, str]]:
    """The headers with which each role asks."""
    return {role: {"Authorization": f"Bearer {key}"} for role, key in keys.items()}


@pytest.fixture
def anybody(database: str) -> Iterator[TestClient]:
    """The application on the test's database, in this process, asked without a key."""
    with TestClient(create_app(database, Settings()), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(anybody: TestClient, bearer: dict[str, dict[str, str]]) -> TestClient:
    """The same, asked by the platform unless a test names another role's headers."""
    anybody.headers.update(bearer["platform"])
    return anybody
