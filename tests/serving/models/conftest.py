import pytest

from tests.serving.models.registries import Models


@pytest.fixture
def models(database):
    """The models of the test's database, the registry read once."""
    found = Models(database)
    found.read()
    return found
