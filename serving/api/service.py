"""What the routes work with: the pool and the gathering, made when the application starts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
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
from serving.limits.trials.service import LOOK_INTERVAL_S, Trials
from serving.models.keeper import Keeper
from serving.models.process import RegistryProcess
from serving.models.registry import ModelRegistry
from serving.operate.metrics import Metrics
from serving.portfolio.year import KeptTrade
from serving.settings import Settings

_LOOK_FOR_WORK_S = 1.0


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
    trade: KeptTrade
    registry: ModelRegistry | None

    @property
    def home(self) -> Path:
        """Where the champion and what was calibrated with it lie."""
        return self.settings.home.expanduser().resolve()


@asynccontextmanager
async def running(
    url: str, settings: Settings, metrics: Metrics, registry: ModelRegistry | None = None
) -> AsyncIterator[Service]:
    """Run the service; at the end what was accepted is finished first, then the pool is closed.

    Args:
        url: of the database.
        settings: what the operator set.
        metrics: what is counted.
        registry: of models; by default the settings' program, and none where they name none.
    """
    registry = registry or _registry(settings)
    async with open_pool(url, settings) as pool:

        async def decide(orders: Sequence[OrderCheck], asked_by: str) -> list[Decision]:
            metrics.waiting(gathering.waiting)
            decisions = await check_orders(pool, orders, asked_by)
            metrics.answered(decisions)
            return decisions

        gathering = Gathering(decide, lanes=settings.check_lanes, largest=settings.check_batch)
        trade = KeptTrade(pool)
        trade.begin()
        in_use = ChampionInUse(settings.home.expanduser().resolve())
        keyring = Keyring(pool, settings.key_cache_s)
        async with (
            gathering.running(),
            aclosing(trade),
            repeated(partial(_expire, pool), settings.expiry_interval_s),
            repeated(Rescoring(url, pool, settings, in_use).round, settings.rescore_interval_s),
            _keeping(url, pool, registry),
            repeated(Trials(url, pool, settings).round, LOOK_INTERVAL_S),
        ):
            yield Service(settings, pool, gathering, keyring, Finder(pool), metrics, in_use, trade, registry)


def _registry(settings: Settings) -> ModelRegistry | None:
    if settings.registry_command is None:
        return None
    return RegistryProcess(settings.registry_command, settings.home.expanduser().resolve())


@asynccontextmanager
async def _keeping(url: str, pool: Pool, registry: ModelRegistry | None) -> AsyncIterator[None]:
    if registry is None:
        yield
        return
    async with repeated(Keeper(url, pool, registry).round, _LOOK_FOR_WORK_S):
        yield


async def _expire(pool: Pool) -> None:
    await expire_reservations(pool, datetime.now(UTC))


def _service(request: Request) -> Service:
    return cast(Service, request.state.service)


Served = Annotated[Service, Depends(_service)]
