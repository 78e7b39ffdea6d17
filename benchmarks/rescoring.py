"""From a new fact to the limit that follows it, through the running service: reported over HTTP, seen over HTTP."""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
import numpy as np
import psycopg

from benchmarks.order_check_load import KEY
from benchmarks.service import served
from features.catalogue import CATALOGUE
from features.snapshot import snapshot
from models.bundle import Bundle, write_bundle
from models.champion import install
from models.matrix import to_matrix
from models.pd.boosted import BoostedPd
from models.policy import policies
from serving.book.load import load_book
from serving.database.embedded import EmbeddedPostgres
from serving.database.migrate import upgrade
from serving.database.pool import open_pool
from serving.ledger.checks import OrderCheck, check_orders
from serving.ledger.covers import record
from serving.ledger.events import Ship
from serving.ledger.policies import record_policies
from serving.limits.ground import read_in_force
from serving.limits.run import set_limits
from serving.settings import Settings
from training.market.parameters import DEFAULT, load
from training.market.simulate import Wish, simulate

BUYERS, YEARS, SEED, ASKED = 1_000, 2, 7, 150
TARGET_MS = 1_000.0
_TODAY = datetime.now(UTC).date()
_LONG_AGO = datetime.now(UTC) - timedelta(days=60)
_AMOUNT = 10_000
_NAMES = tuple(feature.name for feature in CATALOGUE)


def run() -> dict[str, Any]:
    """Measure; each buyer in turn gets a cover, an overdue notice, and payment in full."""
    with tempfile.TemporaryDirectory(prefix="bolanggu-bench-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL may be a user of its own
        server = EmbeddedPostgres(Path(folder) / "postgres")
        try:
            url, home = server.start(), Path(folder) / "home"
            buyers = _lay(url, Path(folder) / "book", home)
            covers = asyncio.run(_ship_in_the_past(url, buyers))
            with served(home, url, KEY) as port:
                stopped, restored = _measure(f"http://127.0.0.1:{port}/v1", covers)
        finally:
            server.stop()
    return {
        "bench": "rescoring",
        "figures": _figures("suspended", stopped) | _figures("restored", restored),
        "conditions": {
            "book_buyers": BUYERS,
            "facts": 2 * len(covers),
            "target_ms": TARGET_MS,
            "cores": os.cpu_count(),
        },
    }


def _lay(url: str, book: Path, home: Path) -> list[str]:
    """Load a market, set its limits by a champion, and give buyers to ask about, of every size of limit."""
    simulate(book, Wish(BUYERS, YEARS, SEED, _TODAY - timedelta(days=1)), load(DEFAULT))
    _install_champion(book, home)
    upgrade(url)
    with psycopg.connect(url, autocommit=True) as connection:
        record_policies(connection, policies().versions)
        load_book(book, connection)
        set_limits(connection, home, _TODAY)
        limits = read_in_force(connection, _TODAY).limits
    able = sorted(buyer for buyer, limit in limits.items() if limit.amount > 10 * _AMOUNT)
    return able[:: max(len(able) // ASKED, 1)][:ASKED]


def _install_champion(book: Path, home: Path) -> None:
    """Put boosted trees into use that are fitted to dice: how good they are is nothing to how long they take."""
    seen = to_matrix(snapshot(book, [_TODAY - timedelta(days=30 * n) for n in range(1, 7)]), _NAMES)
    defaults = np.random.default_rng(SEED).random(len(seen)) < 0.05
    model = BoostedPd().fit(seen, defaults.astype(float))
    write_bundle(Bundle(_TODAY, 90, {}, _NAMES, model), home / "bundle")
    install(home / "bundle", "1", home)


async def _ship_in_the_past(url: str, buyers: list[str]) -> dict[str, int]:
    """Give each buyer a cover that was due a month ago, as checks and shipments of those days would have left it."""
    asked = [
        OrderCheck(f"o-{buyer}", f"e-{buyer}", buyer, _AMOUNT, "USD", 30, accept_partial=False) for buyer in buyers
    ]
    async with open_pool(url, Settings()) as pool:
        given = await check_orders(pool, asked, "bench", _LONG_AGO)
        covers = {buyer: each.cover_id for buyer, each in zip(buyers, given, strict=True) if each.cover_id is not None}
        shipped = Ship(event_id="s", amount_minor=_AMOUNT, shipped_on=_LONG_AGO.date())
        for cover_id in covers.values():
            await record(pool, cover_id, shipped, "bench", _LONG_AGO)
    return covers


def _measure(address: str, covers: dict[str, int]) -> tuple[list[float], list[float]]:
    stopped, restored = [], []
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {KEY}"}, timeout=30) as client:
        for buyer, cover_id in covers.items():
            notice = {"event_id": "n", "amount_minor": 1, "reported_on": str(_TODAY)}
            payment = {"event_id": f"p-{buyer}", "amount_minor": _AMOUNT, "paid_on": str(_TODAY)}
            cover = f"/covers/{cover_id}"
            stopped.append(_until(client, buyer, lambda word: word == "suspended", f"{cover}/overdue", notice))
            restored.append(_until(client, buyer, lambda word: word != "suspended", f"{cover}/settle", payment))
    return stopped, restored


def _until(
    client: httpx.Client, buyer: str, is_there: Callable[[str], bool], path: str, event: dict[str, Any]
) -> float:
    """Report an event and ask for the limit until it has followed; give the milliseconds since the report began."""
    started = time.perf_counter()
    _post(client, path, event)
    while not is_there(client.get(f"/buyers/{buyer}/limit").raise_for_status().json()["status"]):
        if time.perf_counter() - started > 60:
            raise TimeoutError(f"the limit of {buyer} did not follow {path}")
    return (time.perf_counter() - started) * 1000


def _post(client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = client.post(path, json=body).raise_for_status().json()
    return answer


def _figures(name: str, taken_ms: list[float]) -> dict[str, float]:
    return {f"{name}_median_ms": median(taken_ms), f"{name}_p99_ms": quantiles(taken_ms, n=100)[98]}
