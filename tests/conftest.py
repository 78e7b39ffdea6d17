"""One embedded PostgreSQL for the whole test run (xdist's workers share it), and a fresh migrated database per test."""

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest

from models.policy import policies
from serving.database.embedded import EmbeddedPostgres
from serving.database.migrate import upgrade
from serving.ledger.policies import record_policies
from tests.databases import copied, named

TEMPLATE = "template_bolanggu"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The server's URL. Not under pytest's own temporary folder: another run may close that to PostgreSQL's user."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
    base = Path(tempfile.gettempdir()) / f"bolanggu-test-{run[:12]}"
    server = EmbeddedPostgres(base / "postgres")
    try:
        yield server.start()
    finally:
        if server.stop():
            shutil.rmtree(base)


@pytest.fixture(scope="session")
def template(postgres: str) -> str:
    """The name of a migrated database with the policy's versions, to copy."""
    lock_file = Path(postgres.partition("host=")[2]).parent / "template.lock"
    with lock_file.open("w") as lock, psycopg.connect(postgres, autocommit=True) as admin:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if admin.execute("SELECT FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone() is None:
            admin.execute(f"CREATE DATABASE making_{TEMPLATE}")
            upgrade(named(postgres, f"making_{TEMPLATE}"))
            with psycopg.connect(named(postgres, f"making_{TEMPLATE}")) as connection:
                record_policies(connection, policies().versions)
            admin.execute(f"ALTER DATABASE making_{TEMPLATE} RENAME TO {TEMPLATE}")
    return TEMPLATE


@pytest.fixture
def new_database(postgres: str) -> Iterator[Callable[[str], str]]:
    """Make databases from a template by name; they are dropped after the test."""
    with ExitStack() as made:
        yield lambda source: made.enter_context(copied(postgres, source)).url


@pytest.fixture
def database(new_database: Callable[[str], str], template: str) -> str:
    """The URL of a fresh migrated database."""
    return new_database(template)


@pytest.fixture
def sql(database: str) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Run plain SQL on the test's database and give its rows."""
    with psycopg.connect(database, autocommit=True) as connection:

        def run(statement: str, *parameters: object) -> list[tuple[Any, ...]]:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

        yield run
