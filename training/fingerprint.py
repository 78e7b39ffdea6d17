"""What a training rests on, as hashes: the book's files, the configuration and the program."""

import hashlib
import shutil
import subprocess
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from features.book.folder import files_of
from features.book.tables import TABLES
from training.config import TrainingConfig

_ROOT = Path(__file__).parents[1]
_ROOMS = ("features", "models", "training")
_KINDS = (".py", ".sql", ".yaml")


def book_fingerprint(book: Path) -> str:
    """Give the SHA-256 of a book: of its canonical tables' names and the bytes of their files."""
    digest = hashlib.sha256()
    for table in TABLES:
        for file in files_of(book, table):
            with file.open("rb") as opened:
                digest.update(f"{table} {hashlib.file_digest(opened, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def config_fingerprint(config: TrainingConfig) -> str:
    """Give the SHA-256 of a configuration, defaults written out."""
    return hashlib.sha256(config.model_dump_json().encode()).hexdigest()


def code_version() -> str:
    """Name the program: its release and a hash of the sources that a model depends on, committed or not."""
    return f"{version('bolanggu')}+{_sources(_ROOT / room for room in _ROOMS)[:12]}"


def commit() -> str | None:
    """Name the commit that the program was started from; None outside a git checkout."""
    git = shutil.which("git")
    if git is None:
        return None
    asked = [git, "-C", str(_ROOT), "rev-parse", "HEAD"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - git, of our own folder
    return told.stdout.strip() if told.returncode == 0 else None


def _sources(rooms: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for room in rooms:
        for file in sorted(each for each in room.rglob("*") if each.suffix in _KINDS):
            digest.update(f"{file.relative_to(_ROOT)} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
