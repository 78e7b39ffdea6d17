"""Work that a server process does beside answering requests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from features.errors import UnavailableError

log = structlog.get_logger(__name__)


@asynccontextmanager
async def repeated(work: Callable[[], Awaitable[None]], pause_s: float) -> AsyncIterator[None]:
    """Do some work again and again for as long as the block runs; a database that is away is waited for."""
    task = asyncio.create_task(_repeat(work, pause_s))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _repeat(work: Callable[[], Awaitable[None]], pause_s: float) -> None:
    while True:
        await asyncio.sleep(pause_s)
        try:
            await work()
        except UnavailableError as error:
            log.warning("postponed", error=str(error))
        except Exception:
            log.exception("failed")  # one failed round must not end all later ones
