"""Migrations: alembic run from the program, the SQL itself written by hand in `migrations/`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

FOLDER = Path(__file__).parent / "migrations"


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> str:
    """Bring the database to a revision (the newest by default) and give that revision's name."""
    command.upgrade(_config(url), revision)
    return newest() if revision == "head" else revision


def newest() -> str:
    """Name the newest revision that this program knows."""
    head = ScriptDirectory(str(FOLDER)).get_current_head()
    assert head is not None, "the program comes with migrations"
    return head
