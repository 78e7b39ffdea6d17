"""The population that a model was made for, and how far another one has moved from it.

The population stability index of two histograms is the sum over bins of (q - p) ln(q / p), the symmetric
Kullback-Leibler divergence (N. Siddiqi, "Intelligent Credit Scoring" (2017), chapter 13: below 0.1 nothing of note,
above 0.25 a population that has changed). Bins are the deciles of the first population, and one for missing values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# The name under which the score itself stands beside the features.
SCORE = "pd"
_DECILES = np.arange(1, 10) / 10
# Half a row in each bin: an empty one would make the index infinite.
_SMOOTHED = 0.5


@dataclass(frozen=True, slots=True)
class Column:
    """Where the values of one figure lay.

    Attributes:
        edges: upper ends of all bins but the last, ascending.
        counts: rows in each bin; the last counts missing values.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def missing(self) -> float:
        """Share of rows without a value."""
        return self.counts[-1] / max(sum(self.counts), 1)


@dataclass(frozen=True, slots=True)
class Shift:
    """How one figure moved: its stability index, and the shares of rows without a value before and now."""

    name: str
    psi: float
    missing_before: float
    missing_now: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A population's histograms: of each feature and, as `pd`, of the score.

    Attributes:
        columns: by name.
        mean_pd: the mean score.
        rows: how many buyers were looked at.
    """

    columns: Mapping[str, Column]
    mean_pd: float
    rows: int

    def shifts(self, known: Floats, pd: Floats) -> tuple[Shift, ...]:
        """Compare another population's features (n, k) and scores (n,) with this one, column by column."""
        return tuple(
            _shift(name, column, values)
            for (name, column), values in zip(self.columns.items(), (*known.T, pd), strict=True)
        )

    def state(self) -> dict[str, Any]:
        """Write it as JSON holds it; columns keep their order."""
        columns = [[name, list(each.edges), list(each.counts)] for name, each in self.columns.items()]
        return {"columns": columns, "mean_pd": self.mean_pd, "rows": self.rows}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        """Take up what `state` wrote."""
        columns = {name: Column(tuple(edges), tuple(counts)) for name, edges, counts in state["columns"]}
        return cls(columns, float(state["mean_pd"]), int(state["rows"]))


def profile(names: Sequence[str], known: Floats, pd: Floats) -> Profile:
    """Take the histograms of features (n, k) and scores (n,)."""
    columns = {name: _column(values) for name, values in zip((*names, SCORE), (*known.T, pd), strict=True)}
    return Profile(columns, float(np.mean(pd)) if len(pd) else float("nan"), len(pd))


def _column(values: Floats) -> Column:
    known = values[~np.isnan(values)]
    edges = tuple(np.unique(np.quantile(known, _DECILES)).tolist()) if len(known) else ()
    return Column(edges, _counts(edges, values))


def _counts(edges: tuple[float, ...], values: Floats) -> tuple[int, ...]:
    known = values[~np.isnan(values)]
    counted = np.bincount(np.searchsorted(np.array(edges), known, side="left"), minlength=len(edges) + 1)
    return (*counted.tolist(), len(values) - len(known))


def _shift(name: str, before: Column, values: Floats) -> Shift:
    now = Column(before.edges, _counts(before.edges, values))
    p, q = _shares(before), _shares(now)
    return Shift(name, float(((q - p) * np.log(q / p)).sum()), before.missing, now.missing)


def _shares(column: Column) -> Floats:
    counts = np.array(column.counts, dtype=np.float64) + _SMOOTHED
    shares: Floats = counts / counts.sum()
    return shares
