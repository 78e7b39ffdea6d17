"""A client that keeps asking until it is answered, as the platform does, and remembers what it was told."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import httpx

from tests.integration.server import BEARER


async def ask_until_answered(
    client: httpx.AsyncClient, url: Callable[[], str], body: dict[str, Any], deadline: float
) -> dict[str, Any]:
    """Repeat the same body until there is an answer; 503 and lost connections are asked again."""
    loop = asyncio.get_running_loop()
    while loop.time() < deadline:
        try:
            answer = await client.post(f"{url()}/v1/order-checks", json=body, headers=BEARER)
        except httpx.TransportError:
            await asyncio.sleep(0.05)
            continue
        if answer.status_code == 200:
            told: dict[str, Any] = answer.json()
            return told
        assert answer.status_code == 503, answer.text
        await asyncio.sleep(0.05)
    raise TimeoutError(f"no answer for {body['order_id']}")


def orders(count: int, buyers: int, seed: int) -> list[dict[str, Any]]:
    """Orders of few buyers and exporters, so that they meet at every ceiling."""
    dice = random.Random(seed)
    return [
        {
            "order_id": f"o{seed}-{n}",
            "exporter_id": f"e{dice.randrange(3)}",
            "buyer_id": f"b{dice.randrange(buyers)}",
            "amount_minor": dice.randrange(1, 90_000),
            "currency": dice.choice(["USD", "EUR", "JPY"]),
            "terms_days": 60,
            "accept_partial": dice.random() < 0.3,
        }
        for n in range(count)
    ]
