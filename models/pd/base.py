"""The contract of every PD model: scikit-learn's, and a state that JSON can hold."""

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]


class PdModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """A binary classifier of default (1) against none (0) on a matrix of features; NaN means not known.

    Subclasses give `_fit`, `_pd`, `state` and `restore`; what is written down holds no pickle.

    Attributes:
        unseen_pd_: after fitting, each row's probability (n,) from models that had not seen its buyer; this is
            what recipes are compared by, never the out-of-time test.
    """

    kind: ClassVar[str]
    unseen_pd_: Vector

    def fit(self, X: Matrix, y: Vector, groups: NDArray[np.int64] | None = None) -> Self:
        """Fit on rows `X` (n, k) with outcomes `y` (n,); `groups` (n,) names the buyer of each row."""
        X, y = validate_data(self, X, y, ensure_all_finite="allow-nan", dtype=np.float64)
        check_classification_targets(y)
        self.classes_, outcome = np.unique(y, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError("Only binary classification is supported. The type of the target is multiclass.")
        if len(self.classes_) < 2 and self.needs_both_classes:
            raise ValueError(f"The data holds one class only: {self.classes_[0]}")
        # One thread: sums in another order would give other bytes on a machine with more cores.
        with threadpool_limits(1):
            self._fit(X, outcome.astype(np.float64), groups)
        return self

    def predict_pd(self, X: Matrix) -> Vector:
        """Give the probability of default (n,) of rows (n, k)."""
        check_is_fitted(self)
        return self._pd(validate_data(self, X, reset=False, ensure_all_finite="allow-nan", dtype=np.float64))

    def predict_proba(self, X: Matrix) -> Matrix:
        """Give the probabilities (n, 2) of no default and default."""
        pd = self.predict_pd(X)
        return np.column_stack([1 - pd, pd])

    def predict(self, X: Matrix) -> NDArray[Any]:
        """Give the more probable class of each row."""
        pd = self.predict_pd(X)
        likely: NDArray[Any] = self.classes_[np.minimum(pd > 0.5, len(self.classes_) - 1).astype(int)]
        return likely

    @property
    def needs_both_classes(self) -> bool:
        """Whether the model can learn nothing from defaults alone."""
        return True

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn's own type
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags

    def _fit(self, X: Matrix, y: Vector, groups: NDArray[np.int64] | None) -> None:
        raise NotImplementedError

    def _pd(self, X: Matrix) -> Vector:
        raise NotImplementedError

    def contributions(self, X: Matrix) -> Matrix:
        """Split each row's log-odds over the features (n, k), against an average buyer."""
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        """What a bundle has to keep to predict again, as JSON."""
        raise NotImplementedError

    def restore(self, state: dict[str, Any]) -> Self:
        """Take up a state from a bundle."""
        raise NotImplementedError

    def _restored(self, features: int) -> Self:
        self.n_features_in_ = features
        if not hasattr(self, "classes_"):
            self.classes_ = np.array([0.0, 1.0])
        return self
