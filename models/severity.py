"""Severity: what part of its need a buyer owes at default (EAD), and what part of that stays lost (LGD).

Defaults are few and their losses scatter widely, so both are means by OECD country risk class, drawn toward the
portfolio's mean, and that toward what was held before (H. Bühlmann and A. Gisler, "A Course in Credibility Theory"
(2005), chapter 3): a class with n defaulting buyers keeps n / (n + 30) of its distance from the portfolio, and the
portfolio n / (n + 10) of its distance from the prior.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Worth, in defaulting buyers, of what was held before and of the portfolio.
PRIOR_BUYERS, PORTFOLIO_BUYERS = 10, 30
# Of all defaults the largest tenth weighs no more than its smallest: one bust-out must not speak for everybody.
_HEAVIEST = 0.9


@dataclass(frozen=True, slots=True)
class Shares:
    """A share of money by country risk class.

    Attributes:
        portfolio: of a buyer in whose class nobody defaulted yet.
        by_class: OECD class as text, -1 where the country has none, to its share.
        buyers: defaulting buyers behind it.
        raw: the portfolio's share before it was drawn toward the prior; None where nobody defaulted.
        prior: what was held before.
    """

    portfolio: float
    by_class: Mapping[str, float]
    buyers: int
    raw: float | None
    prior: float

    def of(self, risk_class: Floats) -> Floats:
        """Give the share (n,) for country risk classes (n,), NaN where unclassified."""
        shares = np.full(len(risk_class), self.portfolio)
        for name, share in self.by_class.items():
            shares[classes(risk_class) == float(name)] = share
        return shares


def classes(risk_class: Floats) -> Floats:
    """Number risk classes (n,): the OECD gives rich countries none (NaN), which is a class of its own here, -1."""
    return np.nan_to_num(risk_class, nan=-1.0)


def shrunk(share: Floats, weight: Floats, risk_class: Floats, prior: float) -> Shares:
    """Average shares (n,) of defaulting buyers and draw them toward the prior.

    Args:
        share: of each buyer, in 0 to 1 for LGD.
        weight: money behind each share (n,), any unit.
        risk_class: as `classes` numbers it (n,), NaN where not known.
        prior: the share held before.
    """
    if not len(share):
        return Shares(prior, {}, 0, None, prior)
    weight = np.minimum(weight, np.quantile(weight, _HEAVIEST))
    raw = float(np.average(share, weights=weight))
    portfolio = _toward(prior, raw, _effective(weight), PRIOR_BUYERS)
    by_class = {}
    for each in np.unique(risk_class[~np.isnan(risk_class)]):
        here = risk_class == each
        mean = float(np.average(share[here], weights=weight[here]))
        by_class[f"{each:.0f}"] = _toward(portfolio, mean, _effective(weight[here]), PORTFOLIO_BUYERS)
    return Shares(portfolio, by_class, len(share), raw, prior)


@dataclass(frozen=True, slots=True)
class Severity:
    """Both parts of severity.

    Attributes:
        lgd: share of what is owed at default that stays lost.
        ead: what is owed at default as a share of the need (the peak that nine of ten such buyers stay below).
    """

    lgd: Shares
    ead: Shares

    def state(self) -> dict[str, Any]:
        """Write it as JSON holds it."""
        return {
            name: {field: getattr(shares, field) for field in Shares.__slots__}
            for name, shares in (("lgd", self.lgd), ("ead", self.ead))
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        """Take up what `state` wrote."""
        return cls(Shares(**state["lgd"]), Shares(**state["ead"]))


def _effective(weight: Floats) -> float:
    """Count the buyers that would tell as much at equal weights (L. Kish, "Survey Sampling" (1965))."""
    return float(weight.sum() ** 2 / (weight**2).sum())


def _toward(anchor: float, mean: float, buyers: float, worth: int) -> float:
    """Keep buyers / (buyers + worth) of the distance from the anchor."""
    return round(anchor + (mean - anchor) * buyers / (buyers + worth), 9)
