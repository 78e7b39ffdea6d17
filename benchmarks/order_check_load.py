"""A load of order checks over real HTTP, from a process of its own: as fast as answers come, or at a steady rate."""

import asyncio
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection

import uvloop

from benchmarks.order_check_ground import BUYERS, EXPORTERS, USUAL

KEY = "a platform key for benchmarks only, 0123456789"
_HEAD = (
    "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer "
    + KEY
    + "\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Load:
    """What to ask: `batch` orders a request on so many connections, each as soon as it is answered, or at a rate."""

    port: int
    name: str
    seconds: float
    connections: int
    batch: int = 1
    hot_buyer: bool = False
    requests_per_s: float | None = None


@dataclass(slots=True)
class Told:
    """What was answered: order ids, and how long each request took."""

    order_ids: list[str] = field(default_factory=list)
    latencies_s: list[float] = field(default_factory=list)
    elapsed_s: float = 0.0

    @property
    def orders_per_s(self) -> float:
        """Answered orders a second."""
        return len(self.order_ids) / self.elapsed_s


def run_load(load: Load) -> Told:
    """Run a load in a fresh process and give what it was told."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_main, args=(load, theirs))
    process.start()
    told: Told = ours.recv()
    process.join()
    return told


def _main(load: Load, answer: Connection) -> None:
    answer.send(uvloop.run(_run(load)))


async def _run(load: Load) -> Told:
    told = Told()
    requests = _requests(load)
    start = time.perf_counter()
    pace = _Pace(start, load.requests_per_s)
    async with asyncio.TaskGroup() as group:
        for _ in range(load.connections):
            group.create_task(_connection(load, requests, pace, start + load.seconds, told))
    told.elapsed_s = time.perf_counter() - start
    return told


class _Pace:
    """When each request is due: at once, or one after the other at a steady rate."""

    def __init__(self, start: float, per_s: float | None) -> None:
        self._next, self._step = start, None if per_s is None else 1 / per_s

    def due(self) -> float:
        if self._step is None:
            return time.perf_counter()
        self._next += self._step
        return self._next


async def _connection(
    load: Load, requests: Iterator[tuple[list[str], bytes]], pace: _Pace, end: float, told: Told
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    # A request's time runs from when it was due, so that a server that falls behind is not measured too kindly.
    while (due := pace.due()) < end:
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        order_ids, request = next(requests)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{head.decode()}{body.decode()}")
        told.latencies_s.append(time.perf_counter() - due)
        told.order_ids += order_ids
    writer.close()


def _requests(load: Load) -> Iterator[tuple[list[str], bytes]]:
    dice = random.Random(load.name)  # noqa: S311 - a load, no secret
    path = "/v1/order-checks" if load.batch == 1 else "/v1/order-checks/batch"
    number = 0
    while True:
        orders = []
        for _ in range(load.batch):
            number += 1
            buyer = 1 if load.hot_buyer else dice.randint(1, BUYERS)
            exporter = (buyer * 7 + dice.randrange(USUAL) * 131) % EXPORTERS
            orders.append(
                {
                    "order_id": f"{load.name}-{number}",
                    "exporter_id": f"e{exporter}",
                    "buyer_id": f"b{buyer}",
                    "amount_minor": 1000,
                    "currency": "USD",
                    "terms_days": 60,
                }
            )
        body = json.dumps(orders[0] if load.batch == 1 else orders).encode()
        yield [order["order_id"] for order in orders], _HEAD.format(path=path, length=len(body)).encode() + body  # type: ignore[misc]
