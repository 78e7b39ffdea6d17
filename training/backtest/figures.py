"""What a strategy's cover came to: trade, losses and compensation by buyer and quarter, with intervals over buyers.

A buyer's orders rise and fall together, so that intervals resample buyers, all strategies on the same draws.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.policy import BASIS_POINTS, Policies
from training.backtest.history import History
from training.backtest.terms import by_day
from training.backtest.timeline import Ints
from training.judging import Estimate

Floats = NDArray[np.float64]

_BUST_OUT_EXPORTERS = 3
# By buyer and quarter: asked for, covered, owed on covered orders, compensated, net of the programme's part of what was
# recovered, good trade turned away, lost in bust-outs.
MEASURES = ("asked", "covered", "lost", "compensated", "net", "turned_away", "bust_out_lost")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Sums in US cents by measure, buyer and quarter: (measures, buyers, quarters)."""

    cents: Ints

    def of(self, measure: str) -> Ints:
        """Give one measure (buyers, quarters)."""
        found: Ints = self.cents[MEASURES.index(measure)]
        return found


def share(amount: Ints, numerator: Ints | int, denominator: Ints | int) -> Ints:
    """Take a fraction of whole cents, rounded half up; nothing here is negative."""
    return (2 * amount * numerator + denominator) // (2 * denominator)


def outcome(history: History, covered: Ints, quarter: Ints, quarters: int, policies: Policies) -> Outcome:
    """Add up what cover (n,) on each order came to; `quarter` (n,) is the order's.

    As in the service, an order's loss is compensated at the standard rate of its day as far as it was covered, and the
    programme gets of what is recovered the share in which it bore the loss.
    """
    orders = history.orders
    lost = np.minimum(orders.owed, covered)
    rate = by_day(orders.day, [policy.rate_bp("standard") for policy in policies.versions], policies)
    compensated = share(lost, rate, BASIS_POINTS)
    net = compensated - share(orders.recovered, compensated, np.maximum(orders.owed, 1))
    good = orders.owed == 0
    rows = [
        orders.cents,
        covered,
        lost,
        compensated,
        net,
        np.where(good, orders.cents - covered, 0),
        np.where(bust_outs(history), lost, 0),
    ]
    cents = np.zeros((len(MEASURES), len(history.buyers), quarters), dtype=np.int64)
    for measure, row in enumerate(rows):
        np.add.at(cents[measure], (orders.buyer, quarter), row)
    return Outcome(cents)


def bust_outs(history: History) -> NDArray[np.bool_]:
    """Mark unpaid orders (n,) of buyers who left three or more exporters unpaid whom they had met within 60 days."""
    orders = history.orders
    signs = (orders.owed > 0) & (orders.recovered * 2 < orders.owed) & orders.new_exporter
    pairs = np.unique(np.column_stack([orders.buyer[signs], orders.exporter[signs]]), axis=0)
    many = np.bincount(pairs[:, 0], minlength=len(history.buyers)) >= _BUST_OUT_EXPORTERS
    found: NDArray[np.bool_] = many[orders.buyer] & (orders.owed > 0)
    return found


class Resampling:
    """Draws of buyers with replacement, as how often each buyer was drawn; the first draw is everybody once."""

    def __init__(self, buyers: int, draws: int, seed: int) -> None:
        generator = np.random.default_rng(seed)
        drawn = generator.multinomial(buyers, np.full(buyers, 1 / buyers), size=draws)
        self._counts = np.vstack([np.ones(buyers), drawn]).astype(np.float64)

    def totals(self, cents: Ints) -> Floats:
        """Add up cents by buyer (buyers,) or (buyers, k) in every draw: (1 + draws,) or (1 + draws, k)."""
        total: Floats = self._counts @ cents
        return total

    @staticmethod
    def estimate(drawn: Floats) -> Estimate:
        """Give the figure of everybody with the 95 % interval of the draws."""
        spread = drawn[1:][np.isfinite(drawn[1:])]
        low, high = np.percentile(spread, [2.5, 97.5]) if len(spread) else (np.nan, np.nan)
        return Estimate(float(drawn[0]), float(low), float(high))


FIGURES: dict[str, Callable[[dict[str, Floats]], Floats]] = {
    "trade_covered_usd": lambda of: of["covered"] / 100,
    "trade_covered_share": lambda of: _ratio(of["covered"], of["asked"]),
    "losses_usd": lambda of: of["lost"] / 100,
    "compensation_usd": lambda of: of["compensated"] / 100,
    "compensated_loss_usd": lambda of: of["net"] / 100,
    "compensation_bp": lambda of: BASIS_POINTS * _ratio(of["compensated"], of["covered"]),
    "loss_ratio_bp": lambda of: BASIS_POINTS * _ratio(of["net"], of["covered"]),
    "good_turned_away_usd": lambda of: of["turned_away"] / 100,
    "bust_out_losses_usd": lambda of: of["bust_out_lost"] / 100,
}


def figures(found: Outcome, draws: Resampling, quarter: int | None = None) -> dict[str, Estimate]:
    """Estimate every figure of a strategy, over all quarters or in one."""
    return {title: draws.estimate(drawn) for title, drawn in _drawn(found, draws, quarter).items()}


def differences(ours: Outcome, theirs: Outcome, draws: Resampling) -> dict[str, Estimate]:
    """Estimate every figure of one strategy less another's, on the same draws."""
    one, other = _drawn(ours, draws, None), _drawn(theirs, draws, None)
    return {title: draws.estimate(one[title] - other[title]) for title in one}


def _drawn(found: Outcome, draws: Resampling, quarter: int | None) -> dict[str, Floats]:
    totals = {
        name: draws.totals(found.of(name).sum(axis=1) if quarter is None else found.of(name)[:, quarter])
        for name in MEASURES
    }
    return {title: figure(totals) for title, figure in FIGURES.items()}


def listed(estimate: Estimate) -> list[float]:
    """Give value, low and high as JSON holds them."""
    return [round(value, 6) for value in (estimate.value, estimate.low, estimate.high)]


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    return np.divide(numerator, denominator, out=np.full_like(numerator, np.nan), where=denominator > 0)
