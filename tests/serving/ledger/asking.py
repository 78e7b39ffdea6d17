"""What the tests of the ledger share: orders, and asking for them in a fresh database."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from serving.database.pool import open_pool
from serving.ledger.checks import Decision, OrderCheck, check_orders
from serving.settings import Settings

SETTINGS = Settings()


def order(order_id: str = "o1", **changes: Any) -> OrderCheck:
    return OrderCheck(order_id, "e1", "b1", 100_000, "USD", 60, accept_partial=False)._replace(**changes)


def ask(url: str, orders: Sequence[OrderCheck], at: datetime | None = None) -> list[Decision]:
    async def go() -> list[Decision]:
        async with open_pool(url, SETTINGS) as pool:
            return await check_orders(pool, orders, "test", at)

    return asyncio.run(go())
