"""Two server processes, one of them with two workers, on one database: exact at every ceiling, whole when stopped."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest

from serving.ledger.verify import CEILINGS, verify
from tests.integration.load import ask_until_answered
from tests.integration.server import BEARER, Server

AMOUNT = 7_000_000
EXPORTER_CEILING, COUNTRY_CEILING, YEAR_CEILING = 300_000_000, 500_000_000, 100_000_000_000
NEARLY = 299_000_000  # an exporter's ceiling all but used, to come near the year's
COUNTRIES = [f"{first}{second}" for first in "ABCDEFGHIJKLMNO" for second in "AB"]
PREPARED = """
    INSERT INTO ledger.directory SELECT 'b' || n, 'b' || n, 'DE' FROM generate_series(0, 39) n;
    INSERT INTO ledger.directory SELECT 'k' || n, 'k' || n, 'KP' FROM generate_series(0, 39) n;
    INSERT INTO ledger.directory SELECT 'y' || code, 'y' || code, code FROM unnest(%(countries)s::text[]) code;
    INSERT INTO book.country_risk VALUES ('KP', '2020-01-01', 7, '2020-01-01');
    INSERT INTO book.country_risk SELECT code, '2020-01-01', 0, '2020-01-01' FROM unnest(%(countries)s::text[]) code;
    INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, recorded_by)
    SELECT identity_id, 1000000000000000, 'approved', 'model', '2020-01-01', 'test' FROM ledger.directory;
    INSERT INTO ledger.buyer_exposures SELECT identity_id, 0, 1000000000000000 FROM ledger.directory;
    INSERT INTO ledger.relations SELECT d.identity_id, 'f' || n, '2020-01-01'
    FROM ledger.directory d, generate_series(0, 399) n"""


def order(order_id: str, exporter_id: str, buyer_id: str, amount: int = AMOUNT) -> dict[str, Any]:
    asked = {"order_id": order_id, "exporter_id": exporter_id, "buyer_id": buyer_id, "amount_minor": amount}
    return asked | {"currency": "USD", "terms_days": 60}


def one(url: str, statement: str) -> Any:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
        assert row is not None
        return row[0]


async def ask_all(servers: list[Server], bodies: list[dict[str, Any]], clients: int = 24) -> dict[str, dict[str, Any]]:
    """Ask every order once, from many clients at once, of the servers in turn."""
    told: dict[str, dict[str, Any]] = {}
    waiting, turn = list(reversed(bodies)), 0

    def url() -> str:
        nonlocal turn
        turn += 1
        return servers[turn % len(servers)].url

    async with httpx.AsyncClient(timeout=60) as client, asyncio.TaskGroup() as group:

        async def work() -> None:
            while waiting:
                body = waiting.pop()
                deadline = asyncio.get_running_loop().time() + 120
                told[body["order_id"]] = await ask_until_answered(client, url, body, deadline)

        for _ in range(clients):
            group.create_task(work())
    return told


@pytest.fixture
def servers(database):
    with psycopg.connect(database) as connection:
        connection.execute(PREPARED.replace("%(countries)s", f"'{{{','.join(COUNTRIES)}}}'"))
    running = [Server({"BOLANGGU_DATABASE_URL": database}, workers) for workers in (2, 1)]
    try:
        for server in running:
            server.wait_ready()
        yield running
    finally:
        for server in running:
            if server.process.poll() is None:
                server.kill()


def test_no_ceiling_is_passed_and_all_of_it_is_given(database, servers):
    by_exporter = [order(f"e{n}", f"e{n % 2}", f"b{n % 40}") for n in range(110)]
    by_country = [order(f"k{n}", f"f{n % 40}", f"k{n % 40}") for n in range(90)]
    mixed = [body for pair in zip(by_exporter, [*by_country, *by_country[:20]], strict=True) for body in pair]
    told = asyncio.run(ask_all(servers, mixed))
    reasons = {reason["code"] for answer in told.values() for reason in answer["reasons"]}
    assert reasons == {"within_limit", "exporter_ceiling", "country_ceiling"}
    # What fits is given to the last order, and not one more: by exporter and by country.
    assert sum(told[f"e{n}"]["decision"] == "covered" for n in range(0, 110, 2)) == EXPORTER_CEILING // AMOUNT
    assert sum(told[f"e{n}"]["decision"] == "covered" for n in range(1, 110, 2)) == EXPORTER_CEILING // AMOUNT
    assert sum(told[f"k{n}"]["decision"] == "covered" for n in range(90)) == COUNTRY_CEILING // AMOUNT

    used = one(database, "SELECT sum(used_cents)::bigint FROM ledger.shared_exposures WHERE kind = 'year'")
    count = (YEAR_CEILING - used) // NEARLY
    large = [order(f"l{n}", f"f{40 + n}", f"y{COUNTRIES[n % 30]}", NEARLY) for n in range(count)]
    filled = httpx.post(f"{servers[0].url}/v1/order-checks/batch", json=large, headers=BEARER, timeout=60).json()
    assert {item["answer"]["decision"] for item in filled} == {"covered"}
    left = YEAR_CEILING - used - count * NEARLY
    small = left // 40
    told = asyncio.run(ask_all(servers, [order(f"y{n}", f"f{n % 30}", f"b{n % 40}", small) for n in range(120)]))
    assert sum(answer["decision"] == "covered" for answer in told.values()) == left // small
    assert {"programme_ceiling"} <= {reason["code"] for answer in told.values() for reason in answer["reasons"]}

    with psycopg.connect(database, autocommit=True) as connection:
        # The ground is invented: no book stands behind its buyers, exporters and past payments.
        assert [check for check in verify(connection, CEILINGS) if check.broken] == []
    metrics = httpx.get(f"{servers[0].url}/metrics").text
    assert "bolanggu_order_check_answers_total" in metrics
    assert [server.stop() for server in servers] == [0, 0]


def test_a_stopped_server_has_told_all_that_it_decided(database, servers):
    told: set[str] = set()

    async def ask(client: httpx.AsyncClient, worker: int) -> None:
        for n in range(400):
            body = order(f"s{worker}-{n}", f"f{worker}", f"b{worker}", 100)
            try:
                answer = await client.post(f"{servers[1].url}/v1/order-checks", json=body, headers=BEARER)
            except httpx.TransportError:
                return  # not accepted any more
            assert answer.status_code == 200
            told.add(body["order_id"])

    async def go() -> None:
        async with httpx.AsyncClient(timeout=60) as client, asyncio.TaskGroup() as group:
            for worker in range(16):
                group.create_task(ask(client, worker))
            while len(told) < 40:  # noqa: ASYNC110 - the load knows nothing of who stops the server
                await asyncio.sleep(0.01)
            servers[1].process.terminate()

    asyncio.run(go())
    assert servers[1].process.wait(60) == 0
    with psycopg.connect(database) as connection:
        decided = {order_id for (order_id,) in connection.execute("SELECT order_id FROM ledger.decisions").fetchall()}
    assert 40 <= len(decided) < 6_400
    assert decided == told
