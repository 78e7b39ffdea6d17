"""Running the service: database, migrations, policies, then uvicorn."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import psycopg
import uvicorn
from psycopg.rows import TupleRow

from models.policy import policies
from serving.access.keys import admit_given_key
from serving.app import lasting_app
from serving.database.embedded import database
from serving.database.migrate import upgrade
from serving.ledger.policies import record_policies
from serving.operate.sharing import FOLDER_VARIABLE
from serving.settings import Settings, settings


@contextmanager
def bare_database(configured: Settings) -> Iterator[str]:
    """Give the URL of the settings' database as it is, for as long as the block runs."""
    given = configured.database_url.get_secret_value() if configured.database_url else None
    with database(configured.postgres_folder, given) as url:
        yield url


@contextmanager
def prepared_database(configured: Settings) -> Iterator[str]:
    """Give the URL of a database that has this program's tables and policies, for as long as the block runs."""
    with bare_database(configured) as url:
        upgrade(url)
        with psycopg.connect(url) as connection:
            record_policies(connection, policies().versions)
        yield url


@contextmanager
def connected() -> Iterator[psycopg.Connection[TupleRow]]:
    """Connect an operator's command to the prepared database of the settings."""
    with prepared_database(settings()) as url, psycopg.connect(url, autocommit=True) as connection:
        yield connection


def serve(configured: Settings, host: str, port: int, workers: int) -> None:
    """Serve until told to stop; requests that were accepted are finished first."""
    # uvicorn raises the signal again once it has finished; by default that would end us before the database is stopped.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: sys.exit(0))
    with prepared_database(configured) as url, TemporaryDirectory(prefix="bolanggu-shared-") as shared:
        if configured.platform_key is not None:
            with psycopg.connect(url) as connection:
                admit_given_key(connection, configured.platform_key.get_secret_value())
        os.environ["BOLANGGU_DATABASE_URL"] = url  # workers are processes of their own and read it there
        if workers > 1:
            os.environ[FOLDER_VARIABLE] = shared  # figures and rates are those of all workers
        uvicorn.run(
            lasting_app(url, configured) if workers == 1 else "serving.app:worker_app",
            factory=workers > 1,
            workers=workers,
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=30,
            # A machine under load starts a worker slowly; one that is slow to answer is not hung.
            timeout_worker_healthcheck=60,
        )
