"""The demo's stories: a bust-out under way, a fading buyer, claims and requests that wait, and who decides them."""

import asyncio
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from serving.access.principal import Principal, Role
from serving.accounts.accounts import add_account
from serving.database.pool import Connection, Pool, open_pool, run
from serving.database.queries import query
from serving.demo.claims import file_claims
from serving.demo.covers import PLATFORM, cover_days_trade
from serving.desk.asks import LimitRequest, Override
from serving.desk.propose import propose
from serving.ledger.checks import OrderCheck, check_orders
from serving.portfolio.signals import read_signals
from serving.settings import Settings

PEOPLE: dict[str, Role] = {"yu.lan": "underwriter", "gao.feng": "senior", "mo.ran": "modeller", "shen.ji": "auditor"}
_UNDERWRITER = Principal("yu.lan", "underwriter")
_REASONS = (
    "秋季展会后订单增长一半，合同已附",
    "Moves from cash to 60 days; wants room for two containers",
    "New warehouse in the free zone, larger batches from now on",
    "春节备货，申请额度至三月",
)


def add_people(connection: psycopg.Connection[Any]) -> dict[str, dict[str, str]]:
    """Add an account of each role with a random password; give role and password by name."""
    told = {name: {"role": role, "password": secrets.token_urlsafe(12)} for name, role in PEOPLE.items()}
    for name, role in PEOPLE.items():
        add_account(connection, name, role, told[name]["password"])
    return told


def tell_stories(url: str, settings: Settings) -> dict[str, Any]:
    """Let happen on top of the market what the pages are to show; give the buyers whose stories they are."""

    async def all_of_them() -> dict[str, Any]:
        async with open_pool(url, settings) as pool:
            day = datetime.now(UTC).date()
            covers = await cover_days_trade(pool, day)
            steady = await run(pool, lambda connection: _steady(connection, day))
            if steady:  # a market of a few hundred buyers may have none that is trusted so far
                await _bust_out(pool, *steady[0])
                await _requests(pool, steady[1:], day)
            found = await read_signals(pool, _UNDERWRITER)
            fading = found.fading and found.fading["buyer_id"]
            spared = [buyer for buyer, _ in steady] + ([fading] if fading else [])
            claims = await file_claims(pool, _UNDERWRITER, day, spared)
            country = await run(pool, _shaken)
            bust_out = steady[0][0] if steady else None
            told = {"bust_out": bust_out, "fading": fading, "country_shock": country, "candidates": found.candidates}
            return {"covers": covers, **told, "claims": len(claims)}

    return asyncio.run(all_of_them())


async def _bust_out(pool: Pool, buyer_id: str, limit_cents: int) -> None:
    """After years of small orders, paid promptly: large ones from many exporters that it never bought from."""

    async def strangers(connection: Connection) -> list[str]:
        wanted = {"identity_id": buyer_id, "most": 9}
        return [row[0] for row in await (await connection.execute(query("demo_strangers"), wanted)).fetchall()]

    orders = [
        OrderCheck(
            f"DEMO-RUSH-{place}", exporter, buyer_id, limit_cents * (2 + place) // 100, "USD", 90, accept_partial=True
        )
        for place, exporter in enumerate(await run(pool, strangers), start=1)
    ]
    await check_orders(pool, orders, PLATFORM)


async def _requests(pool: Pool, steady: list[tuple[str, int]], day: date) -> None:
    """Ask for limits that a person has to decide: by the platform, and by an underwriter beyond one's authority."""
    platform = Principal(PLATFORM, "platform")
    for place, ((buyer_id, cents), reason) in enumerate(zip(steady, _REASONS, strict=False)):
        wanted = cents * (2 + place % 2)
        ask = LimitRequest(event_id=f"demo-{place}", reason=reason, request="increase", amount_minor=wanted)
        await propose(pool, platform, buyer_id, ask)
    if not steady:
        return
    buyer_id, _cents = steady[-1]
    override = Override(
        event_id="demo-override",
        reason="Parent company guarantees, guarantee seen and filed",
        amount_minor=9_000_000,
        valid_to=day + timedelta(days=180),
    )
    await propose(pool, _UNDERWRITER, buyer_id, override)


async def _steady(connection: Connection, day: date) -> list[tuple[str, int]]:
    rows = await (await connection.execute(query("demo_steady_buyers"), {"day": day, "most": 6})).fetchall()
    return [(identity_id, cents) for identity_id, cents in rows]


async def _shaken(connection: Connection) -> str | None:
    """Find the country whose risk class rose to the worst last."""
    row = await (await connection.execute(query("demo_shaken_country"))).fetchone()
    return None if row is None else str(row[0])
