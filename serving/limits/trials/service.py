"""Trials inside a running service: whatever waits is worked out by a process of its own."""

import asyncio
import os
import sys

import structlog

from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.settings import Settings

log = structlog.get_logger(__name__)
LOOK_INTERVAL_S = 0.5
# What failed once for a reason of ours fails again: not twice a second.
_PAUSE_AFTER_FAILURE_S = 30.0


class Trials:
    """Starts the process where a trial waits; it ends with the service, and the next service begins anew."""

    def __init__(self, url: str, pool: Pool, settings: Settings) -> None:
        self._pool = pool
        self._environment = {"BOLANGGU_DATABASE_URL": url, "BOLANGGU_HOME": str(settings.home.expanduser().resolve())}

    async def round(self) -> None:
        """Work out what waits, if anything does."""
        if not await run(self._pool, _waits):
            return
        command = (sys.executable, "-m", "serving.limits.trials")
        process = await asyncio.create_subprocess_exec(*command, env=os.environ | self._environment)
        try:
            status = await process.wait()
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise
        if status != 0:
            log.error("trials' process failed", status=status)
            await asyncio.sleep(_PAUSE_AFTER_FAILURE_S)


async def _waits(connection: Connection) -> bool:
    row = await (await connection.execute(query("trial_waits"))).fetchone()
    return row is not None and bool(row[0])
