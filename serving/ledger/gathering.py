"""Gathering: concurrent order checks share one statement, so that one commit serves them all.

While a lane's statement runs, checks that arrive wait in line; the next free lane takes all of them at once (up to a
bound). So nobody waits for a timer, a lone check goes at once, and the batch grows by itself with the load.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from serving.ledger.checks import Decision, OrderCheck

_Waiting = tuple[OrderCheck, str, asyncio.Future[Decision]]
Decide = Callable[[Sequence[OrderCheck], str], Awaitable[list[Decision]]]


class Gathering:
    """Answers single checks by deciding them together."""

    def __init__(self, decide: Decide, *, lanes: int, largest: int) -> None:
        self._decide = decide
        self._lanes = lanes
        self._largest = largest
        self._waiting: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._closing = False

    @property
    def waiting(self) -> int:
        """How many checks wait for a lane."""
        return len(self._waiting)

    async def check(self, order: OrderCheck, asked_by: str) -> Decision:
        """Wait for the decision on one order."""
        future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._waiting.append((order, asked_by, future))
        self._arrived.set()
        return await future

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Gathering"]:
        """Run the lanes for as long as the block does; what was accepted is finished before it ends."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._lanes):
                group.create_task(self._lane())
            try:
                yield self
            finally:
                self._closing = True
                self._arrived.set()

    async def _lane(self) -> None:
        while not (self._closing and not self._waiting):
            await self._arrived.wait()
            batch = self._take()
            if batch:
                await self._answer(batch)

    def _take(self) -> list[_Waiting]:
        """Take what waits, as far as one caller asked it: the ledger names who asked for each cover."""
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < self._largest and (not batch or self._waiting[0][1] == batch[0][1]):
            batch.append(self._waiting.popleft())
        if not self._waiting and not self._closing:
            self._arrived.clear()
        return batch

    async def _answer(self, batch: list[_Waiting]) -> None:
        try:
            decisions = await self._decide([order for order, _, _ in batch], batch[0][1])
        except Exception as error:  # noqa: BLE001 - whatever it is, each waiting request must hear of it
            for _, _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, _, future), decision in zip(batch, decisions, strict=True):
            if not future.done():  # its request may have gone away; the decision stands all the same
                future.set_result(decision)
