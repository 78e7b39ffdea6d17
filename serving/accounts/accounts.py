"""Local accounts: adding, changing and closing them, and checking a password with lock-out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import psycopg
from psycopg.rows import class_row

from features.errors import CallerError
from serving.access.principal import ROLES, Principal, Role
from serving.accounts.passwords import hashed, is_right
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.errors import NotFoundError

MOST_FAILURES = 5
LOCKED_S = 15 * 60


@dataclass(frozen=True, slots=True)
class Account:
    """A local account and whether one can sign in with it: open, locked for a while, or closed."""

    name: str
    role: Role
    state: Literal["open", "locked", "closed"]


def persons_role(role: str) -> Role:
    """Take a role that people may have.

    Raises:
        CallerError: there is no such role for people.
    """
    known: dict[str, Role] = {each: each for each in ROLES if each != "platform"}
    if role not in known:
        raise CallerError("role", role, "is not one that people have", f"use one of {', '.join(known)}")
    return known[role]


def add_account(connection: psycopg.Connection[Any], name: str, role: Role, password: str) -> None:
    """Add an account.

    Raises:
        CallerError: there is one of that name, or the password is too short.
    """
    parameters = {"name": name, "role": role, "password_hash": hashed(password)}
    if connection.execute(query("add_account"), parameters).fetchone() is None:
        raise CallerError("account", name, "is there already", "change it with `bolanggu user change`")


def change_account(
    connection: psycopg.Connection[Any], name: str, role: Role | None = None, password: str | None = None
) -> None:
    """Give an account another role or password and open it again; its sessions end.

    Raises:
        CallerError: the password is too short.
        NotFoundError: there is no account of that name.
    """
    parameters = {"name": name, "role": role, "password_hash": None if password is None else hashed(password)}
    _change(connection, "change_account", name, parameters)


def disable_account(connection: psycopg.Connection[Any], name: str) -> None:
    """Close an account; its sessions end.

    Raises:
        NotFoundError: there is no account of that name.
    """
    _change(connection, "disable_account", name, {"name": name})


def list_accounts(connection: psycopg.Connection[Any]) -> list[Account]:
    """List accounts by name."""
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        return cursor.execute(query("list_accounts"), {"now": datetime.now(UTC)}).fetchall()


async def check_password(pool: Pool, name: str, password: str) -> Principal | None:
    """Tell whose name and password these are; None where they do not match or the account is locked or closed."""
    now = datetime.now(UTC)
    tried = {"name": name, "now": now, "most": MOST_FAILURES, "locked_s": LOCKED_S}

    async def count_try(connection: Connection) -> tuple[Any, ...] | None:
        return await (await connection.execute(query("account_to_try"), tried)).fetchone()

    async def forget_tries(connection: Connection) -> None:
        await connection.execute(query("password_was_right"), {"name": name})

    role, kept = await run(pool, count_try) or (None, None)
    if not await is_right(password, kept) or role is None:
        return None
    await run(pool, forget_tries)
    return Principal(name, role)


def _change(connection: psycopg.Connection[Any], statement: str, name: str, parameters: dict[str, Any]) -> None:
    with connection.transaction():
        if connection.execute(query(statement), parameters).fetchone() is None:
            raise NotFoundError("account", name, "is not known", "see `bolanggu user list`")
        connection.execute(query("end_sessions_of"), {"name": name})
