"""The model in use, as a running service sees it: read again when another was put into use."""

from pathlib import Path

import structlog

from models.bundle import BundleError
from models.champion import Champion, folder_of, read_champion

log = structlog.get_logger(__name__)


class ChampionInUse:
    """Gives the champion under a home; one that was promoted meanwhile is taken up at the next call."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._read: Champion | None = None
        self._seen: tuple[int, int] | None = None

    def __call__(self) -> Champion | None:
        """Give the champion; None where none was promoted, or it is damaged."""
        seen = self._stamp()
        # A promotion puts a folder in the other's place: for an instant there is none.
        if seen is not None and seen != self._seen:
            self._read, self._seen = self._fresh(), seen
        return self._read

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = folder_of(self._home).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns

    def _fresh(self) -> Champion | None:
        try:
            return read_champion(self._home)
        except BundleError as error:
            log.warning("no champion", error=str(error))
            return None
