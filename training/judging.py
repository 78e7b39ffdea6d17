"""Figures of merit with intervals that resample buyers, not rows: a buyer's quarters are no independent evidence.

Average precision and AUC are weighted forms, so that a bootstrap draw is a weight a row and the sort is done once.
Reference: B. Efron and R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 8 (the unit is the cluster).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.pd.crossfit import log_loss

Vector = NDArray[np.float64]
Figure = Callable[[Vector, Vector, Vector], float]


def defaulting_buyers(y: Vector, groups: NDArray[np.int64]) -> int:
    """Count the buyers (n,) with an outcome (n,) of 1, each once: neighbouring snapshots tell of the same default.

    >>> defaulting_buyers(np.array([1.0, 1.0, 0.0, 1.0]), np.array([7, 7, 8, 9]))
    2
    """
    return len(np.unique(groups[y == 1]))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, draws: Vector) -> "Estimate":
        """Take a figure on all rows, which stands first, with the 2.5th and 97.5th percentile of its draws."""
        # A draw without a single default has no AUC; what is left still tells the spread.
        kept = draws[1:][~np.isnan(draws[1:])]
        low, high = np.percentile(kept, [2.5, 97.5]) if len(kept) else (np.nan, np.nan)
        return cls(float(draws[0]), float(low), float(high))


def auc(y: Vector, pd: Vector, weight: Vector) -> float:
    """Chance that a default got a higher PD than a non-default; ties count half. NaN where a class is missing."""
    order = np.argsort(pd, kind="stable")
    ranked, bad, good = pd[order], (weight * y)[order], (weight * (1 - y))[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    bad, good = np.add.reduceat(bad, starts), np.add.reduceat(good, starts)
    below = np.cumsum(good) - good
    pairs = bad.sum() * good.sum()
    return float((bad * (below + good / 2)).sum() / pairs) if pairs > 0 else float("nan")


def average_precision(y: Vector, pd: Vector, weight: Vector) -> float:
    """Precision averaged over recall, ties taken together. NaN where nothing defaulted."""
    order = np.argsort(pd, kind="stable")[::-1]
    ranked, bad, all_ = pd[order], (weight * y)[order], weight[order]
    ends = np.flatnonzero(np.r_[ranked[1:] != ranked[:-1], True])
    caught, seen = np.cumsum(bad)[ends], np.cumsum(all_)[ends]
    gained = np.diff(np.r_[0.0, caught])
    precision = np.divide(caught, seen, out=np.zeros_like(caught), where=seen > 0)
    return float((gained * precision).sum() / caught[-1]) if caught[-1] > 0 else float("nan")


def brier(y: Vector, pd: Vector, weight: Vector) -> float:
    """Mean squared distance of PD from outcome."""
    return float(np.average((pd - y) ** 2, weights=weight))


FIGURES: dict[str, Figure] = {"auc": auc, "average_precision": average_precision, "brier": brier, "log_loss": log_loss}


class BuyerBootstrap:
    """Draws of buyers with replacement, the same for every figure and model, so that differences are paired."""

    def __init__(self, groups: NDArray[np.int64], draws: int, seed: int) -> None:
        buyers, self._row_buyer = np.unique(groups, return_inverse=True)
        generator = np.random.default_rng(seed)
        chances = np.full(len(buyers), 1 / len(buyers))
        self._counts = generator.multinomial(len(buyers), chances, size=draws).astype(np.float64)

    def estimate(self, figure: Figure, y: Vector, pd: Vector) -> Estimate:
        """Give a figure of one model (n,) with its interval."""
        return Estimate.of(self.draws(figure, y, pd))

    def difference(self, figure: Figure, y: Vector, pd: Vector, other: Vector) -> Estimate:
        """Give a figure of `pd` less that of `other`, both (n,), on the same draws."""
        return Estimate.of(self.draws(figure, y, pd) - self.draws(figure, y, other))

    def draws(self, figure: Figure, y: Vector, pd: Vector) -> Vector:
        """Give the figure on all rows, then on every draw; draws of two figures or models are paired."""
        # Rows are put in the order of their PD once: sorting what is sorted already costs next to nothing.
        order = np.argsort(pd, kind="stable")
        y, pd = y[order], pd[order]
        return np.array([figure(y, pd, weight) for weight in self._weights(order)])

    def _weights(self, order: NDArray[np.int64]) -> Iterator[Vector]:
        row_buyer = self._row_buyer[order]
        yield np.ones(len(order))
        for counts in self._counts:
            yield counts[row_buyer]
