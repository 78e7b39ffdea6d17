"""Calibration measured out of time: reliability, grades, origins and countries, with and without the base rate's drift.

Outcomes of neighbouring snapshots overlap, so that one default would count several times. What is measured here takes
one snapshot day a horizon.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import beta

from models.pd.calibration import log_odds
from models.policy import Policy
from training.dataset import Dataset
from training.judgement import Origin
from training.judging import Estimate, Vector

_BINS = 10
# A country apart needs so many rows; the others are taken together.
_LEAST_ROWS = 300
_OTHERS = "others"
# Log-odds of one in a million to its complement: no PD lies farther from any rate.
_FARTHEST = 30.0


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one kind: what was predicted for them and what happened.

    Attributes:
        rate: the default rate with Jeffreys' 95 % interval.
    """

    name: str
    rows: int
    defaults: int
    mean_pd: float
    rate: Estimate

    @property
    def calibrated(self) -> bool:
        """Whether the mean PD lies in the interval of the rate."""
        return self.rate.low <= self.mean_pd <= self.rate.high


@dataclass(frozen=True, slots=True)
class Calibration:
    """The chosen model's calibration on the out-of-time rows, one snapshot day a horizon.

    Attributes:
        reliability: by tenths of the PD, rising.
        grades: by the policy's grades.
        origins, countries: in the large.
        corrected: grades and countries again, each origin's PDs moved to the default rate that its rows turned out to
            have: what is left is the shape's fault, not the drift's.
        base_rates: by origin: the default rate that it was fitted on, and that of its test.
    """

    reliability: tuple[Group, ...]
    grades: tuple[Group, ...]
    origins: tuple[Group, ...]
    countries: tuple[Group, ...]
    corrected: dict[str, tuple[Group, ...]]
    base_rates: tuple[tuple[float, float], ...]


def calibration(
    test: Dataset, pd: Vector, country: NDArray[np.object_], origins: Sequence[Origin], policy: Policy, horizon: int
) -> Calibration:
    """Measure the calibration of PDs (n,) of rows (n,) with their countries (n,), judged from several origins."""
    apart = _one_a_horizon(test, horizon)
    number = np.concatenate([np.full(each.test_rows, place) for place, each in enumerate(origins)])[apart]
    y, pd, country = test.y[apart], pd[apart], _large(country[apart])
    moved, rates = pd.copy(), []
    for place, each in enumerate(origins):
        here = number == place
        if here.any():
            moved[here] = at_rate(pd[here], (y[here].sum() + 0.5) / (here.sum() + 1))
        rates.append((each.defaults / each.rows, each.test_defaults / each.test_rows))
    starts = np.array([each.split.cut.isoformat() for each in origins], dtype=object)[number]

    def by(told: Vector) -> dict[str, tuple[Group, ...]]:
        grades = np.array([policy.grade(each).name for each in told], dtype=object)
        return {"grades": groups(grades, y, told), "countries": groups(country, y, told)}

    in_the_large = groups(starts, y, pd)
    return Calibration(
        groups(_tenths(pd), y, pd), origins=in_the_large, **by(pd), corrected=by(moved), base_rates=tuple(rates)
    )


def groups(labels: NDArray[np.object_], y: Vector, pd: Vector) -> tuple[Group, ...]:
    """Group rows (n,) by label (n,), in the order of the labels."""
    return tuple(_group(str(name), y[labels == name], pd[labels == name]) for name in sorted(set(labels.tolist())))


def jeffreys(defaults: int, rows: int) -> tuple[float, float]:
    """Give the 95 % interval of a rate under Jeffreys' prior (L. Brown, T. Cai and A. DasGupta, 2001).

    >>> [round(bound, 4) for bound in jeffreys(5, 100)]
    [0.0193, 0.1061]
    """
    low = 0.0 if defaults == 0 else float(beta.ppf(0.025, defaults + 0.5, rows - defaults + 0.5))
    high = 1.0 if defaults == rows else float(beta.ppf(0.975, defaults + 0.5, rows - defaults + 0.5))
    return low, high


def at_rate(pd: Vector, rate: float) -> Vector:
    """Move PDs (n,) along the log-odds until their mean is a base rate: prior shift with the new prior known.

    Reference: M. Saerens, P. Latinne and C. Decaestecker, "Adjusting the outputs of a classifier to new a priori
    probabilities: a simple procedure", Neural Computation 14(1) (2002), section 2.1. Their estimate of the
    prior from the PDs alone is not used: ranking is too weak here (on simulated buyers it gave 0.064 for 0.029).
    """
    odds = log_odds(pd)
    distance = float(brentq(lambda by: expit(odds + by).mean() - rate, -_FARTHEST, _FARTHEST))
    moved: Vector = expit(odds + distance)
    return moved


def _group(name: str, y: Vector, pd: Vector) -> Group:
    defaults, rows = int(y.sum()), len(y)
    return Group(name, rows, defaults, float(pd.mean()), Estimate(defaults / rows, *jeffreys(defaults, rows)))


def _one_a_horizon(test: Dataset, horizon: int) -> NDArray[np.bool_]:
    taken: list[np.datetime64] = []
    step = np.timedelta64(timedelta(days=horizon), "D")
    for day in np.unique(test.as_of):
        if not taken or day >= taken[-1] + step:
            taken.append(day)
    return np.isin(test.as_of, np.array(taken))


def _tenths(pd: Vector) -> NDArray[np.object_]:
    edges = np.quantile(pd, np.linspace(0, 1, _BINS + 1)[1:-1])
    return np.array([f"{tenth + 1:02d}" for tenth in np.searchsorted(edges, pd, side="right")], dtype=object)


def _large(country: NDArray[np.object_]) -> NDArray[np.object_]:
    names, counts = np.unique(country.astype(str), return_counts=True)
    large: Callable[[str], bool] = dict(zip(names.tolist(), (counts >= _LEAST_ROWS).tolist(), strict=True)).__getitem__
    return np.array([name if large(name) else _OTHERS for name in country.astype(str).tolist()], dtype=object)
