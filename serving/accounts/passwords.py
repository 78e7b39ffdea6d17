"""Passwords: argon2id through pwdlib, off the event loop, for it takes a tenth of a second on purpose."""

from functools import cache

from anyio import to_thread
from pwdlib import PasswordHash

from features.errors import CallerError

SHORTEST = 12


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobodys() -> str:
    return _hasher().hash("the hash that is checked where there is no account")


def hashed(password: str) -> str:
    """Hash a password for keeping.

    Raises:
        CallerError: the password is too short to withstand guessing.
    """
    if len(password) < SHORTEST:
        raise CallerError("password", None, f"has {len(password)} characters", f"use at least {SHORTEST}")
    return _hasher().hash(password)


async def is_right(password: str, kept: str | None) -> bool:
    """Compare a password with a kept hash; without an account it takes as long, so that names cannot be found out."""
    matches = await to_thread.run_sync(lambda: _hasher().verify(password, kept or _nobodys()))
    return matches and kept is not None
