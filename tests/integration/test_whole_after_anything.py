"""Two server processes on one database, killed again and again in mid-load, and the database with them."""

import asyncio
import os
import shutil
import signal
import tempfile
from pathlib import Path

import httpx
import psycopg
import pytest

from serving.database.embedded import EmbeddedPostgres
from serving.ledger.verify import verify
from tests.integration.load import ask_until_answered, orders
from tests.integration.server import BEARER, Server

PATIENCE_S = 240


def broken(url: str) -> list[object]:
    with psycopg.connect(url, autocommit=True) as connection:
        return [check for check in verify(connection) if check.broken]


def told_is_in_the_ledger(url: str, answers: dict[str, dict[str, object]]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute("SELECT order_id, decision, cover_id, covered_minor FROM ledger.decisions").fetchall()
    ledger = {row[0]: row[1:] for row in rows}
    for order_id, told in answers.items():
        assert ledger[order_id] == (told["decision"], told["cover_id"], told["covered_minor"])


async def load(urls: list[str], bodies: list[dict[str, object]], clients: int, disturb) -> dict[str, dict[str, object]]:
    """Ask from many clients at once while `disturb` does its worst; give what each order was told."""
    answers: dict[str, dict[str, object]] = {}
    waiting = list(reversed(bodies))
    turn = 0

    def url() -> str:
        nonlocal turn
        turn += 1
        return urls[turn % len(urls)]

    async with httpx.AsyncClient(timeout=20) as client:

        async def work() -> None:
            deadline = asyncio.get_running_loop().time() + PATIENCE_S
            while waiting:
                body = waiting.pop()
                answers[str(body["order_id"])] = await ask_until_answered(client, url, body, deadline)

        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(work())
            group.create_task(disturb(answers))
    return answers


async def until_answered(answers: dict[str, dict[str, object]], enough: int) -> None:
    """Wait until so many orders are answered."""
    while len(answers) < enough:  # noqa: ASYNC110 - the load knows nothing of who watches it
        await asyncio.sleep(0.01)


def test_killed_servers_lose_and_repeat_nothing(database):
    servers = [Server({"BOLANGGU_DATABASE_URL": database}) for _ in range(2)]
    try:
        for server in servers:
            server.wait_ready()
        bodies = orders(600, buyers=5, seed=1)

        async def disturb(answers) -> None:
            for enough in (150, 350):
                await until_answered(answers, enough)
                servers[1].kill()
                servers[1] = Server({"BOLANGGU_DATABASE_URL": database})
                urls[1] = servers[1].url

        urls = [server.url for server in servers]
        answers = asyncio.run(load(urls, bodies, 16, disturb))
        assert len(answers) == len(bodies)
        assert {told["decision"] for told in answers.values()} >= {"covered", "declined"}
        told_is_in_the_ledger(database, answers)
        assert broken(database) == []
        # A client that asks again gets the first answer.
        for body in bodies[::20]:
            again = httpx.post(f"{servers[0].url}/v1/order-checks", json=body, headers=BEARER).json()
            assert again == answers[str(body["order_id"])]
        assert servers[0].stop() == 0
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.kill()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_killed_database_comes_back_with_all_that_was_told():
    # Not under pytest's own folder, which root's PostgreSQL, a user of its own, may not enter.
    home = Path(tempfile.mkdtemp())
    home.chmod(0o755)
    server = Server({"BOLANGGU_HOME": str(home), "BOLANGGU_DATABASE_URL": ""})
    try:
        server.wait_ready()
        bodies = orders(300, buyers=4, seed=2)

        async def disturb(answers) -> None:
            for enough in (60, 160):
                await until_answered(answers, enough)
                postmaster = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
                os.kill(postmaster, signal.SIGKILL)
                await asyncio.sleep(1)

        answers = asyncio.run(load([server.url], bodies, 8, disturb))
        assert len(answers) == len(bodies)
        # A killed server leaves PostgreSQL running; the next owner finds it, and stops it in the end.
        server.kill()
        embedded = EmbeddedPostgres(home / "postgres")
        url = embedded.start()
        told_is_in_the_ledger(url, answers)
        assert broken(url) == []
        assert embedded.stop()
        assert not (home / "postgres" / "postmaster.pid").exists()
    finally:
        if server.process.poll() is None:
            server.kill()
        shutil.rmtree(home)
