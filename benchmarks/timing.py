"""Taking times that may be compared: in turn within one process, and the median of them."""

import statistics
import time
from collections.abc import Callable, Mapping


def alternate(works: Mapping[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Do each work in turn, so many rounds; give each one's median time in seconds."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def times_of(work: Callable[[], object], runs: int) -> list[float]:
    """Do a work so many times; give the times in seconds, shortest first."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return sorted(taken)


def percentile(sorted_times: list[float], percent: float) -> float:
    """Give the time that so many percent of the sorted times do not pass."""
    return sorted_times[min(len(sorted_times) - 1, round(len(sorted_times) * percent / 100))]
