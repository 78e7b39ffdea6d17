"""Connections to the database, and what to do when it does not answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import anyio
import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from features.errors import UnavailableError
from serving.settings import Settings

Connection = psycopg.AsyncConnection[TupleRow]
Pool = AsyncConnectionPool[Connection]
T = TypeVar("T")

# 40001 and 40P01: nothing was done, ask again. The others: the connection or the server went away.
TRANSIENT = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
GONE = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)
ATTEMPTS = 8


def connection_options(settings: Settings) -> dict[str, Any]:
    """What every connection of the service is opened with."""
    timeout_ms = round(settings.statement_timeout_s * 1000)
    return {
        "autocommit": True,
        "options": f"-c search_path=book,ledger,public -c TimeZone=UTC -c statement_timeout={timeout_ms}",
        # Statements are prepared on first use: they are few and each is run over and over.
        "prepare_threshold": 0,
    }


@asynccontextmanager
async def open_pool(url: str, settings: Settings) -> AsyncIterator[Pool]:
    """Open a pool of autocommit connections; it opens connections as it can and as they are needed."""
    pool: Pool = AsyncConnectionPool(
        url,
        kwargs=connection_options(settings),
        min_size=1,
        max_size=settings.pool_size,
        timeout=settings.pool_timeout_s,
        reconnect_timeout=1,
        open=False,
    )
    await pool.open(wait=False)
    try:
        yield pool
    finally:
        await pool.close()


async def run(pool: Pool, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Run work that may be repeated without harm, again where the database asked for it or a connection was stale.

    Raises:
        UnavailableError: the database does not answer.
    """
    for attempt in range(ATTEMPTS):
        try:
            async with pool.connection() as connection:
                return await work(connection)
        except TRANSIENT:
            await anyio.sleep(0.002 * attempt)
        except psycopg.errors.QueryCanceled as error:
            raise _unavailable("takes too long over one statement") from error
        except GONE as error:
            # A pooled connection may have died with an earlier server: one more try gets a live one, or none.
            if attempt > 0 or isinstance(error, PoolTimeout):
                raise _unavailable(f"does not answer ({type(error).__name__})") from error
            await pool.check()
    raise _unavailable(f"asked {ATTEMPTS} times to call again")


async def run_keyed(pool: Pool, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Run work that first looks whether its caller's key was used, once more where somebody used it meanwhile.

    Raises:
        UnavailableError: the database does not answer.
    """
    try:
        return await run(pool, work)
    except psycopg.errors.UniqueViolation:
        return await run(pool, work)


def _unavailable(cause: str) -> UnavailableError:
    return UnavailableError("database", None, cause, "try again shortly; a repeated request is answered once")
