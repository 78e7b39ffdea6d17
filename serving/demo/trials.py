"""What the demo shows of limit runs: a preview that waits for another person, and the terms at launch beside ours."""

import asyncio

import psycopg

from models.policy import policies
from serving.access.principal import Principal
from serving.database.pool import open_pool
from serving.limits.trials.asks import ComparisonAsk, PolicyChoice, PreviewAsk
from serving.limits.trials.request import ask_for
from serving.limits.trials.work import work_waiting
from serving.settings import Settings

_UNDERWRITER = Principal("yu.lan", "underwriter")


def try_on_the_book(url: str, settings: Settings) -> int:
    """Ask for both and work them out; give how many there are."""
    first, last = policies().versions[0], policies().versions[-1]
    asks = (
        PreviewAsk(event_id="demo-preview"),
        ComparisonAsk(
            event_id="demo-comparison",
            policy=PolicyChoice(version=first.version),
            against=PolicyChoice(version=last.version),
        ),
    )

    async def ask() -> None:
        async with open_pool(url, settings) as pool:
            for each in asks:
                await ask_for(pool, _UNDERWRITER, each)

    asyncio.run(ask())
    with psycopg.connect(url, autocommit=True) as connection:
        return work_waiting(connection, settings.home)
