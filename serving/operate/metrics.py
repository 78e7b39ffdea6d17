"""Prometheus metrics of one server process, or of all workers of one server together.

With several workers a scrape reaches any one of them: then all keep their numbers in the folder that they share, and
every scrape tells the sum. What the database knows is read at the scrape itself.
"""

import os
from collections import Counter as Tally
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from serving.ledger.checks import Decision
from serving.operate.sharing import shared_folder

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """What is counted and timed while requests are answered."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "bolanggu_order_check_answers", "order checks answered", ["decision"], registry=self._registry
        )
        self._seconds = Histogram(
            "bolanggu_request_seconds", "time to answer", ["route", "status"], buckets=_SECONDS, registry=self._registry
        )
        self._waiting = Gauge(
            "bolanggu_order_checks_waiting",
            "order checks that wait for a statement",
            registry=self._registry,
            multiprocess_mode="livesum",
        )

    def answered(self, decisions: Iterable[Decision]) -> None:
        """Count answers by what was decided."""
        for word, count in Tally(decision.decision for decision in decisions).items():
            self._answers.labels(word).inc(count)

    def waiting(self, checks: int) -> None:
        """Tell how many checks wait."""
        self._waiting.set(checks)

    def took(self, route: str, status: int, seconds: float) -> None:
        """Count a request with its time, by its route and its status."""
        self._seconds.labels(route, str(status)).observe(seconds)

    def written(self, known: CollectorRegistry) -> bytes:
        """Write all numbers as Prometheus reads them; `known` holds what the database tells."""
        return generate_latest(self._gathered()) + generate_latest(known)

    def _gathered(self) -> CollectorRegistry:
        if shared_folder() is None:
            return self._registry
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return shared

    def close(self) -> None:
        """Take this process out of what its fellows tell."""
        if shared_folder() is not None:
            mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]
