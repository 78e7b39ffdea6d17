"""The constant: everybody gets the base rate. Whatever cannot beat it has learned nothing."""

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from models.pd.base import Matrix, PdModel, Vector


class ConstantPd(PdModel):
    """The mean default rate under Jeffreys' prior, (d + 1/2) / (n + 1)."""

    kind: ClassVar[str] = "constant"

    @property
    def needs_both_classes(self) -> bool:
        """A base rate exists for one class too."""
        return False

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn's own type
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags

    def _fit(self, X: Matrix, y: Vector, groups: NDArray[np.int64] | None) -> None:  # noqa: ARG002
        defaults = y.sum() if len(self.classes_) == 2 else float(len(y) * (self.classes_[0] == 1))
        self.rate_ = float((defaults + 0.5) / (len(y) + 1))
        self.unseen_pd_ = np.full(len(y), self.rate_)

    def _pd(self, X: Matrix) -> Vector:
        return np.full(len(X), self.rate_)

    def contributions(self, X: Matrix) -> Matrix:
        """No feature matters here."""
        return np.zeros_like(X)

    def state(self) -> dict[str, Any]:
        """Keep the rate."""
        return {"rate": self.rate_, "features": self.n_features_in_}

    def restore(self, state: dict[str, Any]) -> Self:
        """Take up the rate."""
        self.rate_ = float(state["rate"])
        return self._restored(state["features"])
