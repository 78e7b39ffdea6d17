"""Sessions: a random token in the browser's cookie, its hash here; over when idle, or after a working day."""

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any

from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query

IDLE_S = 30 * 60
LONGEST_S = 10 * 3600


async def start_session(pool: Pool, principal: Principal, *, is_local: bool) -> str:
    """Start a session and give its token, which is shown to the browser only; those that are over are forgotten."""
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    row = {"name": principal.name, "role": principal.role, "is_local": is_local, "now": now, **_token(token)}

    async def start(connection: Connection) -> None:
        await connection.execute(query("forget_sessions"), _limits(now))
        await connection.execute(query("start_session"), row)

    await run(pool, start)
    return token


async def principal_of(pool: Pool, token: str) -> Principal | None:
    """Tell whose live session a token is; None where it is over, ended or never was."""
    parameters = _limits(datetime.now(UTC)) | _token(token)

    async def see(connection: Connection) -> Principal | None:
        row = await (await connection.execute(query("see_session"), parameters)).fetchone()
        return None if row is None else Principal(*row)

    return await run(pool, see)


async def end_session(pool: Pool, token: str) -> None:
    """End a session; one that is over already stays over."""

    async def end(connection: Connection) -> None:
        await connection.execute(query("end_session"), _token(token))

    await run(pool, end)


def _token(token: str) -> dict[str, Any]:
    return {"token_sha256": hashlib.sha256(token.encode()).digest()}


def _limits(now: datetime) -> dict[str, Any]:
    return {"now": now, "idle_s": IDLE_S, "longest_s": LONGEST_S}
