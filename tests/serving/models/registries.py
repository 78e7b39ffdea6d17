"""A registry in memory, that keeps the port's promises, and what the tests of models share."""

import asyncio
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from features.errors import CallerError, UnavailableError
from serving.access.principal import Principal
from serving.database.pool import open_pool
from serving.models.ask import ask_promotion, ask_rollback, decide_change
from serving.models.changes import ChangeAsk, ChangeWord, PromotionAsk
from serving.models.keeper import Keeper
from serving.models.registry import DriftFound, Judged, Order, Reading, Turn, Version
from serving.settings import Settings

MO, RAN = Principal("mo", "modeller"), Principal("ran", "modeller")
GAO = Principal("gao", "senior")
LI = Principal("li", "underwriter")
ESTIMATE = {"value": 0.01, "low": -0.02, "high": 0.03}


def version(name: str) -> Version:
    figures = {model: {"auc": [0.7, 0.6, 0.8], "log_loss": [0.2, 0.1, 0.3]} for model in ("constant", "blend")}
    return Version.model_validate(
        {
            "version": name,
            "run_id": f"run{name}",
            "registered_at": "2026-01-01T00:00:00+00:00",
            "kind": "blend",
            "trained_as_of": "2025-12-31",
            "horizon_days": 90,
            "definition": {"days_past_due": 60},
            "features": 42,
            "sha256": name * 64,
            "figures": figures,
            "run": {
                "chosen": "blend",
                "train_rows": "10",
                "test_rows": "5",
                "train_days": "a to b",
                "test_days": "c to d",
            },
            "rests_on": {"book_sha256": "b" * 64},
        }
    )


class MemoryRegistry:
    """Versions 1 and 2, of which 1 is in use; every version passes its gates but those in `failing`."""

    def __init__(self) -> None:
        self.versions = [version("2"), version("1")]
        self.failing: set[str] = set()
        self.turns = [Turn(action="promoted", version="1", by="Wang", at=datetime(2026, 1, 1, tzinfo=UTC))]
        self.in_use = ["1"]
        self.orders: list[Order] = []
        self.is_down = False
        # Ends a carrying out after it was done, as if the process had been killed before it could tell.
        self.is_interrupted = False

    async def read(self, reports_held: list[str], gates_held: list[tuple[str, str]]) -> Reading:
        self._answer()
        against = f"run{self.in_use[-1]}"
        wanted = [each for each in self.versions if each.version != self.in_use[-1]]
        return Reading(
            champion=self.in_use[-1],
            previous=self.in_use[-2] if len(self.in_use) > 1 else None,
            history=tuple(self.turns),
            versions=tuple(self.versions),
            reports={
                each.run_id: f"<h1>report {each.version}</h1>"
                for each in self.versions
                if each.run_id not in reports_held
            },
            judged=tuple(self._judged(each, against) for each in wanted if (each.run_id, against) not in gates_held),
        )

    def _judged(self, each: Version, against: str) -> Judged:
        passed = each.version not in self.failing
        gates = [
            {"name": "stable", "passed": True, "figure": 0.1, "threshold": 0.25, "told": "of the score"},
            {
                "name": "calibrated",
                "passed": passed,
                "figure": 1.1 if passed else 3,
                "threshold": 1.25,
                "told": "level",
            },
        ]
        figures = {"log_loss": ESTIMATE, "auc": ESTIMATE}
        compared = {"version": against[3:], "rows": 9, "buyers": 5, "defaults": 3, "challenger": figures}
        compared |= {"champion": figures, "gains": figures}
        return Judged.model_validate(
            {"run_id": each.run_id, "against": against, "gates": gates, "comparison": compared}
        )

    async def drift(self, book: Path, as_of: date) -> DriftFound:
        self._answer()
        assert (book / "orders.parquet").is_file()
        check = {"name": "score", "passed": False, "figure": 0.4, "threshold": 0.25, "told": "of the PD"}
        return DriftFound.model_validate(
            {
                "version": self.in_use[-1],
                "trained_as_of": "2025-12-31",
                "as_of": as_of.isoformat(),
                "drifted": True,
                "buyers": {"at_training": 10, "now": 11},
                "mean_pd": {"at_training": 0.01, "now": 0.02},
                "checks": [check],
            }
        )

    async def carry_out(self, order: Order) -> str:
        self._answer()
        if order.name not in {each.name for each in self.orders}:
            if order.champion != self.in_use[-1]:
                raise CallerError("champion", self.in_use[-1], "is in use by now", "ask anew")
            self.orders.append(order)
            if order.version is None:
                self.in_use.pop()
            else:
                self.in_use.append(order.version)
            action = "rolled back" if order.version is None else "promoted"
            turn = {"action": action, "version": self.in_use[-1], "by": order.by, "at": "2026-02-01T00:00:00+00:00"}
            self.turns.append(Turn.model_validate(turn | {"reason": order.reason}))
        if self.is_interrupted:
            self.is_interrupted = False
            raise KeyboardInterrupt
        return self.in_use[-1]

    def _answer(self) -> None:
        if self.is_down:
            raise UnavailableError("registry", None, "does not answer", "try again")


class Models:
    """The use cases of one database, each run to its end."""

    def __init__(self, url: str) -> None:
        self.url, self.registry = url, MemoryRegistry()

    def run(self, work):
        async def go():
            async with open_pool(self.url, Settings()) as pool:
                return await work(pool)

        return asyncio.run(go())

    def round(self):
        return self.run(lambda pool: Keeper(self.url, pool, self.registry).round())

    def read(self):
        return self.run(lambda pool: Keeper(self.url, pool, self.registry).read())

    def promote(self, who, name="2", event_id="e1", reason="passes every gate", **more):
        ask = PromotionAsk.model_validate({"event_id": event_id, "reason": reason} | more)
        return self.run(partial(ask_promotion, principal=who, version=name, ask=ask))

    def roll_back(self, who, event_id="r1", reason="losses rose"):
        return self.run(partial(ask_rollback, principal=who, ask=ChangeAsk(event_id=event_id, reason=reason)))

    def say(self, who, change, verdict, reason="looked at"):
        word = ChangeWord.model_validate({"verdict": verdict, "reason": reason})
        return self.run(partial(decide_change, principal=who, change_id=change.change_id, word=word))
