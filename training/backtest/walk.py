"""A walk through a book's history: what was known each quarter, and all orders to replay against limits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from features.book.folder import check_values, connect, open_book
from features.errors import CallerError
from models.decision.gather import Assessment
from models.policy import Policies
from training.backtest.figures import Outcome, outcome
from training.backtest.frontier import Frontier
from training.backtest.history import History, day_number, read_history
from training.backtest.quarters import Quarter, learn, quarter_ends
from training.backtest.replay import replay
from training.backtest.strategies import allocated
from training.backtest.terms import terms_of
from training.backtest.timeline import Ints
from training.config import TrainingConfig
from training.labels import Ripeness, prepare


@dataclass(frozen=True)
class Walk:
    """One history and what was known, to be walked through with many ways of setting limits.

    Attributes:
        ripeness: how long outcomes take, as measured at the end.
    """

    history: History
    quarters: tuple[Quarter, ...]
    policies: Policies
    config: TrainingConfig
    ripeness: Ripeness

    def outcome(self, limit: Ints) -> Outcome:
        """Replay the orders against limits, one each order."""
        terms = terms_of(self.history, self.quarters, self.policies)
        starts = np.array([day_number(quarter.first_day) for quarter in self.quarters])
        quarter = np.searchsorted(starts, self.history.orders.day, side="right") - 1
        covered = replay(self.history, limit, terms)
        return outcome(self.history, covered, quarter, len(self.quarters), self.policies)

    def at_scale(self, scales: Sequence[float], assessments: Sequence[Assessment] | None = None) -> Outcome:
        """Set limits at given scales of the appetite, one a quarter, and replay."""
        return self.outcome(
            allocated(self.history, self.quarters, self.policies, self.config.horizon_days, scales, assessments)
        )

    def under(self, policies: Policies) -> "Walk":
        """Give the same walk under other terms."""
        return replace(self, policies=policies)

    def frontier(self, scales: tuple[float, ...], assessments: Sequence[Assessment] | None = None) -> Frontier:
        """Set limits at every scale of the appetite, and replay."""
        outcomes = [self.at_scale([scale] * len(self.quarters), assessments) for scale in scales]
        return Frontier(scales, tuple(outcomes))


def look_back(book: Path, as_of: date, quarters: int, config: TrainingConfig, policies: Policies) -> Walk:
    """Read a book's history and learn, for each quarter, from what was known at its start.

    Args:
        book: folder of the book.
        as_of: outcomes are judged by what was recorded by then.
        quarters: how many at most, none before the first policy; the first may have too little behind them and are
            left out.
        config: what counts as default, and how models are trained.
        policies: the terms by day.

    Raises:
        BookError, DataError: the book cannot be used, or is too short.
        CallerError: no quarter was asked for.
    """
    connection = connect()
    open_book(book, connection)
    check_values(connection)
    ripeness = prepare(connection, as_of, config)
    last = ripeness.last_mature + timedelta(days=config.horizon_days)
    # Before the first policy there was nothing to set limits by.
    terms = policies.versions[0].effective_from
    ends = quarter_ends(ripeness.first_day, last - timedelta(days=1))
    days = [day for day in ends if day + timedelta(days=1) >= terms][-quarters:] if quarters > 0 else []
    if not days:
        begins = max(ripeness.first_day, terms)
        cause = f"leave none from {begins}, when book and policy had begun, to {last}, when outcomes are mature"
        raise CallerError("quarters", quarters, cause, "ask for more, load a longer history, or name an earlier policy")
    learned = learn(book, connection, days, config)
    ripeness = prepare(connection, as_of, config)
    history = read_history(connection, as_of, learned[0].as_of, last, config)
    return Walk(history, tuple(learned), policies, config, ripeness)
