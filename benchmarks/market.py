"""The simulated market at full size: how long it takes, how much memory, and how both grow with the buyers."""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features.errors import UnavailableError

SIZES = (10_000, 30_000, 100_000)
YEARS = 5
_PAUSE_S = 0.2
_KIB_IN_GIB = 2**20


@dataclass(frozen=True, slots=True)
class Run:
    """One simulation: seconds by the clock, seconds of all processors, most memory of all processes, orders."""

    wall_s: float
    cpu_s: float
    peak_gib: float
    orders: int


def run(sizes: tuple[int, ...] = SIZES, years: int = YEARS) -> dict[str, Any]:
    """Simulate markets of growing size, each in its own process."""
    runs = {size: _simulate(size, years) for size in sizes}
    small, large = runs[sizes[0]], runs[sizes[-1]]
    grown = sizes[-1] / sizes[0]
    return {
        "bench": "market",
        "figures": {
            f"seconds_{sizes[-1]}_buyers": large.wall_s,
            f"peak_gib_{sizes[-1]}_buyers": large.peak_gib,
            "time_growth_exponent": math.log(large.cpu_s / small.cpu_s) / math.log(grown),
            "memory_growth_exponent": math.log(large.peak_gib / small.peak_gib) / math.log(grown),
            "microseconds_of_processor_an_order": large.cpu_s / large.orders * 1e6,
        },
        "conditions": {
            "processors": os.cpu_count(),
            "years": years,
            "orders": {str(size): each.orders for size, each in runs.items()},
        },
    }


def _simulate(buyers: int, years: int) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "market"
        wanted = ["--buyers", str(buyers), "--years", str(years), "--seed", "1"]
        command = [sys.executable, "-m", "bolanggu", "simulate", "--out", str(out), *wanted, "--json"]
        before, began = os.times(), time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
        peak = 0
        while process.poll() is None:
            peak = max(peak, _held_kib(process.pid))
            time.sleep(_PAUSE_S)
        told, _ = process.communicate()
        if process.returncode:
            raise UnavailableError("simulation", " ".join(command), f"ended with {process.returncode}", "run it alone")
        wall, after = time.perf_counter() - began, os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return Run(wall, cpu, peak / _KIB_IN_GIB, json.loads(told)["rows"]["orders"])


def _held_kib(pid: int) -> int:
    """Sum what a process and its children hold, shared pages counted once (Linux)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        # It ended while we looked.
        return 0
    own = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return own + sum(_held_kib(int(child)) for child in children)
