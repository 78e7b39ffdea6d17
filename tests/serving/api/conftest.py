from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from serving.api.app import create_app
from serving.settings import Settings


@pytest.fixture
def client(database: str) -> Iterator[TestClient]:
    """The application on the test's database, in this process."""
    with TestClient(create_app(database, Settings()), raise_server_exceptions=False) as client:
        yield client
