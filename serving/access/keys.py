"""API keys: random, shown once, kept as a SHA-256 only, and revocable.

A key has 256 random bits, so a plain hash keeps it: there is nothing to guess, and no slow hash is needed.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

from serving.access.audit import Act
from serving.access.permissions import PERMISSIONS
from serving.access.principal import Principal, Role
from serving.database.queries import query
from serving.errors import NotFoundError, RefusedError

# What an operator's command does is recorded under this name.
OPERATOR = Principal("operator", "senior")
GIVEN_KEY = "given-by-environment"
_SHOWN = 11


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept; the key itself is nowhere."""

    key_id: int
    name: str
    role: Role
    scopes: list[str]
    prefix: str
    created_by: str
    created_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None


def digest(key: str) -> bytes:
    """Give what is kept of a key."""
    return hashlib.sha256(key.encode()).digest()


def add_key(connection: psycopg.Connection[Any], name: str, role: Role, scopes: Sequence[str] = ()) -> str:
    """Make a key and give it, this once.

    Raises:
        RefusedError: a live key has that name, or a scope is no action of the role.
    """
    strange = sorted(scope for scope in scopes if role not in PERMISSIONS.get(scope, frozenset()))
    if strange:
        may_do = ", ".join(sorted(action for action, roles in PERMISSIONS.items() if role in roles))
        raise RefusedError("scope", strange[0], f"is no action of the role {role}", f"choose among {may_do}")
    key = f"bk_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
    with connection.transaction():
        _store(connection, name, role, scopes, key, key[:_SHOWN])
    return key


def list_keys(connection: psycopg.Connection[Any]) -> list[ApiKey]:
    """Give all keys, live and revoked, oldest first."""
    with connection.cursor(row_factory=class_row(ApiKey)) as cursor:
        return cursor.execute(query("list_keys")).fetchall()


def revoke_key(connection: psycopg.Connection[Any], name: str) -> None:
    """Revoke the live key of a name; servers that run heed it within `BOLANGGU_KEY_CACHE_S`.

    Raises:
        NotFoundError: no live key has that name.
    """
    with connection.transaction():
        row = connection.execute(query("revoke_key"), {"name": name, "by": OPERATOR.name}).fetchone()
        if row is None:
            raise NotFoundError("key", name, "is not live", "see `bolanggu key list`")
        connection.execute(query("record_act"), Act("revoke_key", "key", name, before={"role": row[0]}).row(OPERATOR))


def admit_given_key(connection: psycopg.Connection[Any], key: str) -> None:
    """Admit the platform key that the environment gives, in place of one that it gave before."""
    with connection.transaction():
        held = connection.execute(query("live_key_hash"), [GIVEN_KEY]).fetchone()
        if held is not None and held[0] == digest(key):
            return
        if held is not None:
            revoke_key(connection, GIVEN_KEY)
        _store(connection, GIVEN_KEY, "platform", (), key, key[:4])


def _store(
    connection: psycopg.Connection[Any], name: str, role: Role, scopes: Sequence[str], key: str, prefix: str
) -> None:
    row = {"name": name, "role": role, "scopes": list(scopes), "prefix": prefix, "by": OPERATOR.name}
    try:
        connection.execute(query("add_key"), row | {"secret_sha256": digest(key)})
    except psycopg.errors.UniqueViolation as error:
        raise RefusedError("key", name, "is there already", "choose another name, or revoke it first") from error
    after = {"role": role, "scopes": list(scopes), "prefix": prefix}
    connection.execute(query("record_act"), Act("add_key", "key", name, after=after).row(OPERATOR))
