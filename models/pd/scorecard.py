"""The logistic scorecard: a straight line over robustly scaled features, readable and hard to break."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from models.pd.base import Matrix, PdModel, Vector
from models.pd.crossfit import FitPredict, buyer_losses, is_as_good, out_of_fold

STRENGTHS = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
# A few Newton steps on many rows and few columns, where quasi-Newton takes hundreds.
_SOLVER = "newton-cholesky"

_Real = TypeVar("_Real", np.float32, np.float64)

# A column that spreads less is constant but for rounding: a slope over such a spread would blow that up.
_LEAST_SPREAD = 1e-5

# So many rows stay in a processor's cache.
_AT_ONCE = 1024


class ScorecardPd(PdModel):
    """L2 logistic regression on signed logs, clipped at the 1st and 99th percentile and standardised.

    A missing value counts as average, and a feature that is missing in more than one row of a hundred has an
    indicator beside it. Of the penalties whose log loss over folds of buyers lies within one standard error of the
    least, the strongest is taken: folds share their quarters, and a later quarter is harder than a fold
    (L. Breiman et al., "Classification and Regression Trees" (1984), section 3.4.3).

    Attributes:
        strengths: the inverse penalties to choose from.
    """

    kind: ClassVar[str] = "scorecard"

    def __init__(self, strengths: Sequence[float] = STRENGTHS) -> None:
        self.strengths = strengths

    def _fit(self, X: Matrix, y: Vector, groups: NDArray[np.int64] | None) -> None:
        logs = _signed_log(X)
        known = ~np.isnan(logs)
        # Columns without a single value keep harmless bounds: they are all missing, and stay average.
        filled = np.where(known.any(axis=0), logs, 0.0)
        self.low_, self.high_ = np.nanpercentile(filled, [1, 99], axis=0)
        clipped = np.clip(filled, self.low_, self.high_)
        self.mean_ = np.nanmean(clipped, axis=0)
        spread = np.nanstd(clipped, axis=0)
        self.scale_ = np.where(spread > _LEAST_SPREAD, spread, 1.0)
        self.indicated_ = (known.mean(axis=0) < 0.99) & known.any(axis=0)
        design = self._design(X)
        unseen = {strength: out_of_fold(_regress(strength), design, y, groups) for strength in self.strengths}
        self.strength_ = _most_careful(unseen, y, np.arange(len(y)) if groups is None else groups)
        self.unseen_pd_ = unseen[self.strength_]
        fitted = LogisticRegression(C=self.strength_, solver=_SOLVER).fit(design, y)
        self.intercept_, self.weights_ = float(fitted.intercept_[0]), fitted.coef_[0]

    def _pd(self, X: Matrix) -> Vector:
        # As `_design(X) @ weights` in one pass: the scale lies in the slopes. Bounds are drawn before the logs and take
        # up missing values, on which logs are slow; what a missing value counts for then stands in place of its bound.
        # In single precision, twice as fast: it moves a PD by about a hundred-thousandth of itself.
        width = X.shape[1]
        slopes = self.weights_[:width] / self.scale_
        missed = (self.mean_ - self.low_) * slopes
        missed[self.indicated_] += self.weights_[width:]
        odds = np.full(len(X), self.intercept_ - self.mean_ @ slopes)
        bounds = _unlogged(self.low_), _unlogged(self.high_)
        slopes, missed, low, high = (each.astype(np.float32) for each in (slopes, missed, *bounds))
        for first in range(0, len(X), _AT_ONCE):
            with np.errstate(over="ignore"):  # what single precision cannot hold lies beyond the bounds
                part = X[first : first + _AT_ONCE].astype(np.float32)
            missing = np.isnan(part).astype(np.float32)
            np.fmax(part, low, out=part)
            np.minimum(part, high, out=part)
            odds[first : first + _AT_ONCE] += _signed_log(part) @ slopes + missing @ missed
        pd: Vector = expit(odds)
        return pd

    def contributions(self, X: Matrix) -> Matrix:
        """Split log-odds over the features: weight times distance from the average, indicator included."""
        parts = self._design(X) * self.weights_
        width = X.shape[1]
        split: Matrix = parts[:, :width].copy()
        split[:, self.indicated_] += parts[:, width:]
        return split

    def state(self) -> dict[str, Any]:
        """Keep scaling and weights."""
        arrays = ("low_", "high_", "mean_", "scale_", "weights_")
        kept = {name.rstrip("_"): getattr(self, name).tolist() for name in arrays}
        indicated = self.indicated_.tolist()
        return {**kept, "intercept": self.intercept_, "indicated": indicated, "strength": self.strength_}

    def restore(self, state: dict[str, Any]) -> Self:
        """Take up scaling and weights."""
        for name in ("low", "high", "mean", "scale", "weights"):
            setattr(self, f"{name}_", np.array(state[name], dtype=np.float64))
        self.intercept_, self.strength_ = float(state["intercept"]), float(state["strength"])
        self.indicated_ = np.array(state["indicated"], dtype=bool)
        return self._restored(len(self.mean_))

    def _design(self, X: Matrix) -> Matrix:
        logs = _signed_log(X)
        missing = np.isnan(logs)
        scaled = (np.clip(logs, self.low_, self.high_) - self.mean_) / self.scale_
        return np.hstack([np.where(missing, 0.0, scaled), missing[:, self.indicated_].astype(np.float64)])


def _signed_log(X: NDArray[_Real]) -> NDArray[_Real]:
    """Tame heavy tails: sign(x) log(1 + |x|)."""
    logs: NDArray[_Real] = np.abs(X)
    # Not log1p, which takes twice the time and more: below 1e-7, where they differ, a figure says nothing here.
    logs += 1
    np.log(logs, out=logs)
    return np.copysign(logs, X, out=logs)


def _unlogged(logs: Vector) -> Vector:
    """Turn `_signed_log` round."""
    figures: Vector = np.copysign(np.expm1(np.abs(logs)), logs)
    return figures


def _most_careful(unseen: dict[float, Vector], y: Vector, groups: NDArray[np.int64]) -> float:
    """Find the strongest penalty that is as good as the best within one standard error over buyers."""
    losses = {strength: buyer_losses(y, pd, groups) for strength, pd in unseen.items()}
    best = min(losses.values(), key=lambda summed: float(summed.sum()))
    return min(strength for strength in losses if is_as_good(losses[strength], best))


def _regress(strength: float) -> FitPredict:
    def fit_predict(X: Matrix, y: Vector, unseen: Matrix) -> Vector:
        fitted = LogisticRegression(C=strength, solver=_SOLVER).fit(X, y)
        pd: Vector = fitted.predict_proba(unseen)[:, 1]
        return pd

    return fit_predict
