"""The tail of the book's loss in a one-factor model: value at risk, expected shortfall, and each country's share.

Every buyer's fortune is partly the world's: it defaults where `sqrt(r) * Z + sqrt(1 - r) * own < N^-1(PD)`, with one
factor Z for all. Given Z, buyers default apart from one another and their summed loss is near normal; over Z the
mixture is added up on a grid. Nothing is drawn, so the same book gives the same figures, and small books keep the
lumps that an infinitely fine-grained one would lose.
References: O. Vasicek, "The distribution of loan portfolio value", Risk 15(12), 2002; M. Gordy, "A risk-factor model
foundation for ratings-based bank capital rules", Journal of Financial Intermediation 12(3), 2003.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from models.allocation.problem import Floats, Ints
from models.terms import BASIS_POINTS, Appetite

_GRID = np.linspace(-6.0, 6.0, 401)
_WEIGHT = np.exp(-(_GRID**2) / 2) / np.exp(-(_GRID**2) / 2).sum()
_LEAST_PD, _MOST_PD = 1e-6, 1 - 1e-6
# Buyers of a country are put together by PD in steps of this many to a factor of e.
_STEPS = 40


@dataclass(frozen=True, slots=True)
class Tail:
    """Compensated loss of the book over the horizon, US cents.

    Attributes:
        expected: the mean.
        value_at_risk: the loss that is not passed with the appetite's tail level.
        expected_shortfall: the mean of the losses beyond it.
        country_share: (countries,) each country's part of the shortfall; they add up to 1 where there is any.
    """

    expected: float
    value_at_risk: float
    expected_shortfall: float
    country_share: Floats


def stress(pd: Floats, appetite: Appetite) -> Floats:
    """Tell by what an expected loss grows in the worst years, beyond the tail level; `pd` (n,), at least 1."""
    logs = np.linspace(np.log(_LEAST_PD), np.log(_MOST_PD), 400)
    given = _given_factor(np.exp(logs), appetite)
    level = appetite.tail_level / BASIS_POINTS
    worst = ndtri(1 - level) >= _GRID
    grown = given[:, worst] @ _WEIGHT[worst] / _WEIGHT[worst].sum() / np.exp(logs)
    found: Floats = np.maximum(np.interp(np.log(np.clip(pd, _LEAST_PD, _MOST_PD)), logs, grown), 1.0)
    return found


def tail(loss: Floats, pd: Floats, country: Ints, countries: int, appetite: Appetite) -> Tail:
    """Work out the book's tail.

    Args:
        loss: (n,) compensated loss if the buyer defaults, US cents.
        pd: (n,) probability of default over the horizon.
        country: (n,) the buyer's country as a number below `countries`.
        countries: how many there are.
        appetite: the tail's level and the correlation.
    """
    if not (loss * pd).any():
        return Tail(0.0, 0.0, 0.0, np.zeros(countries))
    mean, variance = _moments(loss, pd, country, countries, appetite)
    total, spread = mean.sum(axis=0), np.sqrt(variance.sum(axis=0))
    expected = float(total @ _WEIGHT)
    level = appetite.tail_level / BASIS_POINTS
    spread = np.maximum(spread, 1e-9 * expected)
    highest = float((total + 10 * spread).max())
    at_risk = float(brentq(lambda x: _WEIGHT @ ndtr((x - total) / spread) - level, 0.0, highest, xtol=1e-6 * expected))
    away = (at_risk - total) / spread
    beyond = ndtr(-away)
    density = np.exp(-(away**2) / 2) / np.sqrt(2 * np.pi)
    # E[part; sum > at_risk | Z] of a part of a normal sum: its mean, and its covariance with the sum.
    by_country = (mean * beyond + variance / spread * density) @ _WEIGHT
    return Tail(expected, at_risk, float(by_country.sum() / (1 - level)), by_country / by_country.sum())


def _moments(loss: Floats, pd: Floats, country: Ints, countries: int, appetite: Appetite) -> tuple[Floats, Floats]:
    """Mean and variance of the loss by country (countries, grid), given the factor."""
    level = np.rint(np.log(np.clip(pd, _LEAST_PD, _MOST_PD)) * _STEPS).astype(np.int64)
    _, place = np.unique(country * 10_000 - level, return_inverse=True)
    weight = np.bincount(place, weights=loss)
    squares = np.bincount(place, weights=loss**2)
    # The group's PD is the mean by loss, so that the expected loss stays exact.
    mean_pd = np.divide(np.bincount(place, weights=loss * pd), weight, out=np.zeros_like(weight), where=weight > 0)
    given = _given_factor(np.clip(mean_pd, _LEAST_PD, _MOST_PD), appetite)
    owner = np.bincount(place, weights=country) / np.bincount(place)
    mean, variance = np.zeros((countries, len(_GRID))), np.zeros((countries, len(_GRID)))
    np.add.at(mean, np.rint(owner).astype(np.int64), given * weight[:, None])
    np.add.at(variance, np.rint(owner).astype(np.int64), given * (1 - given) * squares[:, None])
    return mean, variance


def _given_factor(pd: Floats, appetite: Appetite) -> Floats:
    """PD (n, grid) given the factor."""
    r = appetite.asset_correlation / BASIS_POINTS
    given: Floats = ndtr((ndtri(pd)[:, None] - np.sqrt(r) * _GRID) / np.sqrt(1 - r))
    return given
