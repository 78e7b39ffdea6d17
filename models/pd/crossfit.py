"""Predictions for buyers that the model had not seen: the base of calibration and of choosing a recipe."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from models.pd.base import Matrix, Vector

FitPredict = Callable[[Matrix, Vector, Matrix], Vector]
_FOLDS = 5


def out_of_fold(fit_predict: FitPredict, X: Matrix, y: Vector, groups: NDArray[np.int64] | None) -> Vector:
    """Predict every row (n,) from the other folds; a buyer (`groups`) lies in one fold only.

    Where the other folds hold one class only, their base rate under Jeffreys' prior stands in.
    """
    groups = np.arange(len(y)) if groups is None else groups
    unseen = np.full(len(y), _base_rate(y))
    folds = min(_FOLDS, len(np.unique(groups)))
    if folds < 2:
        return unseen
    for seen, held_out in GroupKFold(folds).split(X, y, groups):
        one_class = len(np.unique(y[seen])) < 2
        unseen[held_out] = _base_rate(y[seen]) if one_class else fit_predict(X[seen], y[seen], X[held_out])
    return unseen


def log_loss(y: Vector, pd: Vector, weight: Vector | None = None) -> float:
    """Mean negative log-likelihood of outcomes (n,) under probabilities (n,), rows weighted (n,)."""
    return float(np.average(_losses(y, pd), weights=weight))


def buyer_losses(y: Vector, pd: Vector, groups: NDArray[np.int64]) -> Vector:
    """Sum the negative log-likelihood of each buyer's rows; `groups` (n,) names the buyer."""
    _, buyer = np.unique(groups, return_inverse=True)
    return np.bincount(buyer, weights=_losses(y, pd)).astype(np.float64)


def is_as_good(losses: Vector, best: Vector) -> bool:
    """Tell whether losses by buyer exceed the best ones by no more than one standard error of the difference."""
    behind = losses - best
    return bool(behind.sum() <= np.sqrt(len(behind)) * behind.std())


def _losses(y: Vector, pd: Vector) -> Vector:
    kept = np.clip(pd, 1e-12, 1 - 1e-12)
    losses: Vector = -np.where(y == 1, np.log(kept), np.log1p(-kept))
    return losses


def _base_rate(y: Vector) -> float:
    return float((y.sum() + 0.5) / (len(y) + 1))
