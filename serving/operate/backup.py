"""Backup and restore of the whole database with PostgreSQL's own tools."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from features.errors import FileError, UnavailableError
from features.files import replace_file
from serving.database.embedded import own_tool
from serving.errors import RefusedError

# What libpq reads instead of arguments, which every user of the machine could see.
_VARIABLES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


def back_up(url: str, file: Path, is_embedded: bool) -> int:
    """Write one file of everything as of one instant, while the service goes on; give its size in bytes.

    Raises:
        UnavailableError: pg_dump is not there or fails.
    """
    with replace_file(file.absolute()) as fresh:
        _run("pg_dump", ["--format=custom", "--no-owner", f"--file={fresh}"], url, is_embedded)
    return file.stat().st_size


def restore(url: str, file: Path, is_embedded: bool) -> None:
    """Bring a backup into an empty database, whole or not at all.

    Raises:
        FileError: there is no such file.
        RefusedError: the database holds something already.
        UnavailableError: pg_restore is not there or fails.
    """
    if not file.is_file():
        raise FileError("backup", file, "is not there", "name a file that `bolanggu db backup` wrote")
    with psycopg.connect(url) as connection:
        held = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if held is not None and held[0] is not None:
        remedy = "restore into an empty one: another BOLANGGU_HOME, or a new database in BOLANGGU_DATABASE_URL"
        raise RefusedError("database", None, "holds something already", remedy)
    _run("pg_restore", ["--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={_name(url)}", str(file)],
         url, is_embedded)  # fmt: skip


def _name(url: str) -> str:
    return str(conninfo_to_dict(url)["dbname"])


def _run(tool: str, arguments: list[str], url: str, is_embedded: bool) -> None:
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own tools, whose failure is told below
        [_find(tool, is_embedded), *arguments],
        env=os.environ | _environment(url),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise UnavailableError("database", None, f"{tool} says: {done.stderr.strip()[-500:]}", "mend that, then repeat")


def _find(tool: str, is_embedded: bool) -> str:
    """The embedded server's own tool for it; else the machine's, which should be as new as the server."""
    return own_tool(tool) if is_embedded else shutil.which(tool) or own_tool(tool)


def _environment(url: str) -> dict[str, str]:
    parts: dict[str, Any] = conninfo_to_dict(url)
    return {variable: str(parts[name]) for name, variable in _VARIABLES.items() if parts.get(name) is not None}
