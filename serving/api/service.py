"""What the routes work with: the pool and the gathering, made when the application starts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, cast

from fastapi import Depends, Request

from serving.access.keyring import Keyring
from serving.api.background import repeated
from serving.buyers.search import Finder
from serving.database.pool import Pool, open_pool
from serving.ledger.checks import Decision, OrderCheck, check_orders
from serving.ledger.covers import expire_reservations
from serving.ledger.gathering import Gathering
from serving.limits.champion import ChampionInUse
from serving.limits.service import Rescoring
from serving.operate.metrics import Metrics
from serving.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """The running service."""

    settings: Settings
    pool: Pool
    gathering: Gathering
    keyring: Keyring
    finder: Finder
    metrics: Metrics
    in_use: ChampionInUse


@asynccontextmanager
async def running(url: str, settings: Settings, metrics: Metrics) -> AsyncIterator[Service]:
    """Run the service; at the end what was accepted is finished first, then the pool is closed."""
    async with open_pool(url, settings) as pool:

        async def decide(orders: Sequence[OrderCheck], asked_by: str) -> list[Decision]:
            metrics.waiting(gathering.waiting)
            decisions = await check_orders(pool, orders, asked_by)
            metrics.answered(decisions)
            return decisions

        gathering = Gathering(decide, lanes=settings.check_lanes, largest=settings.check_batch)
        in_use = ChampionInUse(settings.home.expanduser().resolve())
        keyring = Keyring(pool, settings.key_cache_s)
        async with (
            gathering.running(),
            repeated(partial(_expire, pool), settings.expiry_interval_s),
            repeated(Rescoring(url, pool, settings, in_use).round, settings.rescore_interval_s),
        ):
            yield Service(settings, pool, gathering, keyring, Finder(pool), metrics, in_use)


async def _expire(pool: Pool) -> None:
    await expire_reservations(pool, datetime.now(UTC))


def _service(request: Request) -> Service:
    return cast(Service, request.state.service)


Served = Annotated[Service, Depends(_service)]
