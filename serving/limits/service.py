"""Rescoring inside a running service."""

from functools import partial

import anyio
import psycopg

from serving.book.peers import write_statements
from serving.database.pool import Connection, Pool, connection_options, run
from serving.database.queries import query
from serving.limits.champion import ChampionInUse
from serving.limits.rescoring import rescore_waiting
from serving.settings import Settings


class Rescoring:
    """Weighs the facts that wait, beside the event loop: a model and a feature statement would hold up order checks."""

    def __init__(self, url: str, pool: Pool, settings: Settings, in_use: ChampionInUse) -> None:
        self._connect = partial(psycopg.connect, url, **connection_options(settings))
        self._pool = pool
        self._in_use = in_use
        self._is_ready = False

    async def round(self) -> None:
        """Weigh what waits, if anything does."""
        if not self._is_ready:
            await anyio.to_thread.run_sync(self._get_ready)
        if await run(self._pool, _waits):
            await anyio.to_thread.run_sync(self._weigh)

    def _get_ready(self) -> None:
        """Read the champion and write the statements, so that the first fact waits no longer than those after it."""
        self._in_use()
        write_statements()
        self._is_ready = True

    def _weigh(self) -> None:
        with self._connect() as connection:
            rescore_waiting(connection, self._in_use)


async def _waits(connection: Connection) -> bool:
    row = await (await connection.execute(query("rescore_waits"))).fetchone()
    return row is not None and bool(row[0])
