"""The frontier: covered trade against compensated loss as the appetite grows, and strategies compared at equal loss."""

from dataclasses import dataclass

import numpy as np

from training.backtest.figures import Floats, Outcome, Resampling
from training.judging import Estimate

# The appetite's scale on the frontier's points; 1 is the policy's own.
SCALES = (0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0)


@dataclass(frozen=True, slots=True)
class Frontier:
    """Outcomes of one way of setting limits at rising scales of the appetite."""

    scales: tuple[float, ...]
    outcomes: tuple[Outcome, ...]

    def points(self, draws: Resampling, loss: str) -> tuple[Floats, Floats]:
        """Give loss and covered trade, each (draws, scales), US cents."""
        losses = [draws.totals(each.of(loss).sum(axis=1)) for each in self.outcomes]
        trades = [draws.totals(each.of("covered").sum(axis=1)) for each in self.outcomes]
        return np.column_stack(losses), np.column_stack(trades)


def trade_at_loss(frontier: Frontier, wanted: Outcome, draws: Resampling, loss: str) -> Floats:
    """Read off the frontier the trade (draws,) at another strategy's loss, US cents.

    Between two points trade is interpolated; below the first it shrinks with the loss, above the last it stays.
    """
    losses, trades = frontier.points(draws, loss)
    at = draws.totals(wanted.of(loss).sum(axis=1))
    return np.array(
        [_read_off(x, y, float(each)) for x, y, each in zip(losses, trades, at, strict=True)],
    )


def _read_off(losses: Floats, trades: Floats, at: float) -> float:
    # A larger appetite may by chance lose less in a draw: what counts is the most trade for no more than a loss.
    order = np.argsort(losses, kind="stable")
    return float(np.interp(at, np.r_[0.0, losses[order]], np.r_[0.0, np.maximum.accumulate(trades[order])]))


def gain_at_loss(frontier: Frontier, other: Outcome, draws: Resampling, loss: str) -> Estimate:
    """Tell by what share a frontier covers more trade than a strategy, at that strategy's loss."""
    trade = draws.totals(other.of("covered").sum(axis=1))
    return draws.estimate(trade_at_loss(frontier, other, draws, loss) / trade - 1)


def share_of(frontier: Frontier, best: Frontier, at: Outcome, draws: Resampling, loss: str) -> Estimate:
    """Tell what share of a better frontier's trade a frontier reaches, at a strategy's loss."""
    ours, theirs = (trade_at_loss(each, at, draws, loss) for each in (frontier, best))
    return draws.estimate(ours / theirs)
