import json

import pytest
from typer.testing import CliRunner

from serving.cli import app
from serving.errors import NotFoundError
from serving.settings import settings


@pytest.fixture
def run(database, monkeypatch):
    """Run a command of the service on the test's database; give what it printed."""
    monkeypatch.setenv("BOLANGGU_DATABASE_URL", database)
    settings.cache_clear()
    yield lambda *words: CliRunner().invoke(app, words, catch_exceptions=False).stdout
    settings.cache_clear()


def test_a_key_is_shown_once_listed_by_its_beginning_and_revoked(run, sql):
    assert run("key", "list") == "no keys\n"
    made = json.loads(run("key", "add", "--name", "li", "--role", "underwriter", "--json"))
    assert made["key"].startswith("bk_")
    (listed,) = json.loads(run("key", "list", "--json"))
    assert made["key"].startswith(listed["prefix"])
    assert made["key"] not in run("key", "list")
    assert run("key", "revoke", "li") == "key li: revoked\n"
    assert "revoked" in run("key", "list")
    with pytest.raises(NotFoundError):
        run("key", "revoke", "li")
    assert sql("SELECT count(*) FROM access.keys WHERE revoked_at IS NULL") == [(0,)]
