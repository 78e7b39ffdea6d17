"""Slow work on models, done beside answering requests: read the registry, carry out changes, look for drift.

Any server process does it, one at a time; what was asked for and not done when a process died, the next one does.
"""

import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
from anyio import to_thread
from psycopg.types.json import Jsonb

from features.errors import BolangguError, UnavailableError
from serving.access.audit import Act, record_act
from serving.book.export import export_book
from serving.database.pool import GONE, Connection, Pool, run
from serving.database.queries import query
from serving.models.changes import Change, ChangeStatus, add_word, find_changes
from serving.models.kept import Work, held, keep, work_states
from serving.models.registry import ModelRegistry, Order

# A change that the registry did not answer for is tried again after that.
_AGAIN_AFTER = timedelta(seconds=60)
_MOST = 200
SERVICE, MACHINE = "service", "machine"


class Keeper:
    """Does what is due on models."""

    def __init__(self, url: str, pool: Pool, registry: ModelRegistry) -> None:
        """Work on a database with a registry."""
        self._url = url
        self._pool = pool
        self._registry = registry

    async def round(self) -> None:
        """Do all that is due, unless another process is at it.

        Raises:
            UnavailableError: the database does not answer.
        """
        if not await run(self._pool, _is_due):
            return
        try:
            turn = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        except GONE as error:
            raise UnavailableError("database", None, "does not answer", "try again shortly") from error
        async with turn:  # whoever has the turn loses it with the connection, also when its process is killed
            got = await (await turn.execute(query("hold_models"))).fetchone()
            if got is not None and got[0]:
                await self._work()

    async def _work(self) -> None:
        await self._try("change", self._carry_out_changes)
        states = await run(self._pool, work_states)
        if states["read"].is_due:
            await self._try("read", self.read)
        if states["drift"].is_due:
            await self._try("drift", partial(self._look, states["drift"].asked_by or SERVICE))

    async def _try(self, work: Work, job: Callable[[], Awaitable[None]]) -> None:
        """Do a job and note how it ended: a fault is told on the page, and does not end what comes after it."""
        fault: str | None = "ended without a word; the service's log tells more"
        try:
            await job()
            fault = None
        except BolangguError as error:
            fault = str(error)
        finally:
            await run(self._pool, partial(_end, work, fault))

    async def read(self) -> None:
        """Ask the registry what there is, keep it, and end changes that another champion has overtaken.

        Raises:
            UnavailableError: the registry does not answer.
        """
        reports, judged = await run(self._pool, held)
        reading = await self._registry.read(reports, judged)

        async def write(connection: Connection) -> None:
            async with connection.transaction():
                await connection.execute(query("hold_changes"))
                await keep(connection, reading)
                for each in await find_changes(connection, status="waiting", most=_MOST):
                    if each.champion != reading.champion:
                        reason = f"version {reading.champion} is in use by now"
                        await add_word(connection, each, "superseded", reason, SERVICE, MACHINE)

        await run(self._pool, write)

    async def _carry_out_changes(self) -> None:
        confirmed = await run(self._pool, partial(find_changes, status="confirmed", most=_MOST))
        for change in reversed(confirmed):
            await self._carry_out(change)

    async def _carry_out(self, change: Change) -> None:
        """Let the registry do what two persons decided; where it does not answer, the change stays to be done."""
        version, reason = None, change.reason
        try:
            version = await self._registry.carry_out(_order(change))
        except UnavailableError:
            raise
        except BolangguError as error:
            reason = str(error)
        # A page waits until the change has ended: what it shows then has to be what the registry says by now.
        await self.read()
        await run(self._pool, partial(_write_down, change, version, reason))

    async def _look(self, asked_by: str) -> None:
        """Hold the book as known at the end of yesterday against the champion's training."""
        day = datetime.now(UTC).date() - timedelta(days=1)
        with tempfile.TemporaryDirectory() as folder:
            book = Path(folder) / "book"
            await to_thread.run_sync(partial(self._export, book))
            found = await self._registry.drift(book, day)
        told = Jsonb(found.model_dump(mode="json"))

        async def write(connection: Connection) -> None:
            await connection.execute(query("add_look"), [told, asked_by])

        await run(self._pool, write)

    def _export(self, folder: Path) -> None:
        with psycopg.connect(self._url) as connection:
            export_book(connection, folder)


async def _is_due(connection: Connection) -> bool:
    row = await (await connection.execute(query("work_due"), [datetime.now(UTC) - _AGAIN_AFTER])).fetchone()
    return row is not None and bool(row[0])


async def _end(work: Work, fault: str | None, connection: Connection) -> None:
    await connection.execute(query("end_work"), {"work": work, "fault": fault})


def _order(change: Change) -> Order:
    confirmed_by = change.confirmed_by
    assert confirmed_by is not None, "only what was confirmed is carried out"
    return Order(
        # Unique also where several databases share a registry.
        name=f"change {change.change_id} of {change.recorded_at.isoformat()}",
        version=change.version if change.kind == "promote" else None,
        champion=change.champion,
        is_override=change.is_override,
        reason=change.reason,
        by=f"{change.asked_by}, confirmed by {confirmed_by.name}",
    )


async def _write_down(change: Change, version: str | None, reason: str, connection: Connection) -> None:
    """Tell what became of a change, in its words and in the audit trail, where both names stand."""
    status: ChangeStatus = "failed" if version is None else "in_use"
    confirmed_by = change.confirmed_by
    assert confirmed_by is not None, "only what was confirmed is carried out"
    async with connection.transaction():
        await add_word(connection, change, status, reason, SERVICE, MACHINE)
        overridden = list(change.judged.failed) if change.judged is not None and change.is_override else []
        after = {
            "champion": change.champion if version is None else version,
            "status": status,
            "change_id": change.change_id,
            "asked_by": change.asked_by,
            "confirmed_by": confirmed_by.name,
            "overridden": overridden,
        }
        before = {"champion": change.champion}
        act = Act(
            "promote" if change.kind == "promote" else "roll_back", "model", change.version, before, after, reason
        )
        await record_act(connection, confirmed_by, act)
