"""What the service records is what the next quarter learns from: a model trained on an exported book."""

import asyncio
import json
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import psycopg

from serving.book.export import export_book
from serving.book.load import load_book
from serving.database.pool import open_pool
from serving.ledger.checks import check_orders
from serving.ledger.covers import record
from serving.ledger.events import Claim, ClaimDecision, Settle, Ship
from tests.integration.server import ROOT
from tests.serving.ledger.asking import SETTINGS, order
from tests.training.books import two_tempers

START = datetime(2025, 1, 6, 9, tzinfo=UTC)
WEEKS = 40
DOCUMENTS = {"has_orders": True, "has_customs": True, "has_communications": True}


async def trade(url, buyers):
    """Order, ship, pay, claim through the ledger, week by week, careless buyers as before."""
    dice = random.Random(5)
    async with open_pool(url, SETTINGS) as pool:
        for week in range(WEEKS):
            at = START + timedelta(weeks=week)
            asked = [
                order(f"w{week}-{buyer}", buyer_id=f"b{buyer:03}", amount_minor=dice.randrange(20_000, 90_000),
                      terms_days=30)
                for buyer in range(week % 4, buyers, 4)
            ]  # fmt: skip
            for given, sold in zip(await check_orders(pool, asked, "platform", at), asked, strict=True):
                if given.cover_id is not None:
                    await _live(pool, given.cover_id, sold, at, dice)


async def _live(pool, cover_id, sold, at, dice):
    is_careless = int(sold.buyer_id[1:]) % 3 == 0
    shipped = Ship(event_id=f"s-{cover_id}", amount_minor=sold.amount_minor, shipped_on=at.date())
    await record(pool, cover_id, shipped, "platform", at + timedelta(hours=1))
    if is_careless and dice.random() < 0.15:
        filed = at + timedelta(days=95)
        claim = Claim(event_id=f"c-{cover_id}", filed_on=filed.date(), loss_minor=sold.amount_minor, **DOCUMENTS)
        await record(pool, cover_id, claim, "platform", filed)
        decided = filed + timedelta(days=10)
        accepted = ClaimDecision(event_id=f"d-{cover_id}", outcome="accepted", decided_on=decided.date())
        await record(pool, cover_id, accepted, "underwriter", decided)
        return
    paid = at + timedelta(days=30 + (dice.randrange(40) if is_careless else dice.randrange(-5, 6)))
    settled = Settle(event_id=f"p-{cover_id}", amount_minor=sold.amount_minor, paid_on=paid.date())
    await record(pool, cover_id, settled, "platform", paid)


def run(home, *arguments):
    done = subprocess.run(
        [sys.executable, "bolanggu.py", *arguments],
        cwd=ROOT,
        env={"BOLANGGU_HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_model_is_trained_on_what_the_service_recorded(database, tmp_path):
    past = two_tempers(tmp_path / "past", buyers=40)
    with psycopg.connect(database, autocommit=True) as connection:
        load_book(past, connection)
        asyncio.run(trade(database, 40))
        rows = export_book(connection, tmp_path / "book")
        served = connection.execute(
            "SELECT count(*) FILTER (WHERE event = 'ship'), max(recorded_at)::date FROM ledger.entries"
        ).fetchone()
    assert served is not None
    assert served[0] > 200
    assert rows["claims"] > 0
    as_of = str(served[1])
    run(tmp_path, "snapshot", "--book", str(tmp_path / "book"), "--as-of", as_of, "--out", str(tmp_path / "f.parquet"))
    (tmp_path / "config.yaml").write_text("snapshots: {every_days: 30, most: 12}\n")
    told = json.loads(
        run(tmp_path, "train", "--book", str(tmp_path / "book"), "--as-of", as_of, "--json",
            "--config", str(tmp_path / "config.yaml"))
    )  # fmt: skip
    assert set(told["figures"]) >= {"constant", "scorecard"}
