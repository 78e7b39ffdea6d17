"""Gradient-boosted trees under the catalogue's monotone constraints, calibrated out of fold."""

import os
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import lightgbm
import numpy as np
from numpy.typing import NDArray

from models.pd.base import Matrix, PdModel, Vector
from models.pd.calibration import Sigmoid, fit_sigmoid
from models.pd.crossfit import out_of_fold

# Below this many values threads wait for one another longer than they work; the trees are the same.
_WORTH_THREADS = 20_000_000
_END = "end of trees\n"
_LEAVES_MOST = 400
_FIXED: dict[str, Any] = {
    "objective": "binary",
    "verbosity": -1,
    # The same bytes on any machine and number of threads.
    "deterministic": True,
    "force_row_wise": True,
    # As good as 255 bins and the more exact ways of holding monotony here, in a third of their time.
    "max_bin": 63,
    "monotone_constraints_method": "basic",
}


class BoostedPd(PdModel):
    """LightGBM on log loss, with a sigmoid fitted on predictions for buyers that a fold had not seen.

    Attributes:
        signs: -1, 0 or +1 for each feature: how it may move the risk; empty for no constraint.
        rounds, learning_rate, leaves, column_share, ridge: LightGBM's own, under readable names.
        least_rows: a leaf holds no fewer rows; nor fewer than one in 400, as a buyer's many snapshots are alike.
    """

    kind: ClassVar[str] = "lightgbm"

    def __init__(
        self,
        signs: Sequence[int] = (),
        rounds: int = 120,
        learning_rate: float = 0.05,
        leaves: int = 8,
        least_rows: int = 50,
        column_share: float = 0.5,
        ridge: float = 10.0,
        seed: int = 0,
    ) -> None:
        self.signs = signs
        self.rounds = rounds
        self.learning_rate = learning_rate
        self.leaves = leaves
        self.least_rows = least_rows
        self.column_share = column_share
        self.ridge = ridge
        self.seed = seed

    def _fit(self, X: Matrix, y: Vector, groups: NDArray[np.int64] | None) -> None:
        unseen = out_of_fold(lambda X, y, held_out: self._raw(self.boost(X, y), held_out), X, y, groups)
        self.sigmoid_ = fit_sigmoid(unseen, y)
        self.unseen_pd_ = self.sigmoid_(unseen)
        self.booster_ = self.boost(X, y)

    @staticmethod
    def _raw(booster: lightgbm.Booster, X: Matrix) -> Vector:
        return np.asarray(booster.predict(X, num_threads=_threads(X)), dtype=np.float64)

    def boost(self, X: Matrix, y: Vector) -> lightgbm.Booster:
        """Fit the trees alone, not calibrated."""
        options = self.options(X, y)
        rows = lightgbm.Dataset(X, y, params=options, free_raw_data=True)
        return lightgbm.train(options, rows, num_boost_round=self.rounds)

    def options(self, X: Matrix, y: Vector) -> dict[str, Any]:
        """Give LightGBM's parameters for rows (n, k) with outcomes (n,)."""
        options = _FIXED | {
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": max(min(self.least_rows, max(1, len(y) // 4)), len(y) // _LEAVES_MOST),
            "feature_fraction": self.column_share,
            "lambda_l2": self.ridge,
            "seed": self.seed,
            "num_threads": _threads(X),
        }
        if self.signs:
            options["monotone_constraints"] = list(self.signs)
        return options

    def _pd(self, X: Matrix) -> Vector:
        return self.sigmoid_(self._raw(self.booster_, X))

    def contributions(self, X: Matrix) -> Matrix:
        """Split log-odds over the features by TreeSHAP (LightGBM's `pred_contrib`), after calibration."""
        split = np.asarray(self.booster_.predict(X, pred_contrib=True), dtype=np.float64)
        return split[:, :-1] * self.sigmoid_.slope

    def state(self) -> dict[str, Any]:
        """Keep the trees as LightGBM's text, and the sigmoid.

        What follows the trees (importances, parameters) predicts nothing and differs with the number of threads.
        """
        trees = self.booster_.model_to_string().partition(_END)[0] + _END
        sigmoid = {"intercept": self.sigmoid_.intercept, "slope": self.sigmoid_.slope}
        return {"trees": trees, "sigmoid": sigmoid}

    def restore(self, state: dict[str, Any]) -> Self:
        """Take up trees and sigmoid."""
        self.booster_ = lightgbm.Booster(model_str=state["trees"])
        self.sigmoid_ = Sigmoid(**state["sigmoid"])
        return self._restored(self.booster_.num_feature())


def _threads(X: Matrix) -> int:
    return 1 if X.size < _WORTH_THREADS else os.cpu_count() or 1
