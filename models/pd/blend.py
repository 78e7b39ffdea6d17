"""Scorecard and boosted trees together, shrunk toward the base rate: steady where data is thin."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from models.pd.base import Matrix, PdModel, Vector
from models.pd.boosted import BoostedPd
from models.pd.calibration import Sigmoid, log_odds
from models.pd.crossfit import buyer_losses, is_as_good
from models.pd.scorecard import ScorecardPd

# Worth of the base rate in defaulting buyers: with as many of them the blend goes half of the way from it.
CREDIBILITY_BUYERS = 5
_HALF = 0.5
_SHARES = (0.25, _HALF, 0.75)


class BlendPd(PdModel):
    """A weighted mean of both models' log-odds, drawn toward the base rate by the credibility of the defaults seen.

    The scorecard's weight is a half, unless buyers that neither had seen tell another one apart by more than a standard
    error: trees gain on it as data grows.

    With d defaulting buyers the log-odds keep d / (d + 5) of their distance from the base rate: a fold tells how a
    model does on other buyers, but no fold tells how much the next quarters will differ from these
    (H. Bühlmann and A. Gisler, "A Course in Credibility Theory" (2005), for the form).

    Attributes:
        signs, seed: as in `BoostedPd`.
    """

    kind: ClassVar[str] = "blend"

    def __init__(self, signs: Sequence[int] = (), seed: int = 0, rounds: int = 120) -> None:
        self.signs = signs
        self.seed = seed
        self.rounds = rounds

    def _fit(self, X: Matrix, y: Vector, groups: NDArray[np.int64] | None) -> None:
        scorecard = ScorecardPd().fit(X, y, groups)
        self.join(
            scorecard, BoostedPd(signs=self.signs, seed=self.seed, rounds=self.rounds).fit(X, y, groups), y, groups
        )

    def join(self, scorecard: ScorecardPd, boosted: BoostedPd, y: Vector, groups: NDArray[np.int64] | None) -> Self:
        """Blend two models that were fitted on the same rows already."""
        self.scorecard_, self.boosted_ = scorecard, boosted
        defaulting = len(np.unique(np.arange(len(y))[y == 1] if groups is None else groups[y == 1]))
        slope = defaulting / (defaulting + CREDIBILITY_BUYERS)
        unseen = scorecard.unseen_pd_, boosted.unseen_pd_
        self.share_ = _scorecard_share(*unseen, y, np.arange(len(y)) if groups is None else groups)
        middle = _middle(*unseen, self.share_)
        self.sigmoid_ = Sigmoid(_centred(slope * log_odds(middle), y), slope)
        self.unseen_pd_ = self.sigmoid_(middle)
        return self._restored(scorecard.n_features_in_)

    def _pd(self, X: Matrix) -> Vector:
        # The rows were checked once already.
        return self.sigmoid_(_middle(self.scorecard_._pd(X), self.boosted_._pd(X), self.share_))  # noqa: SLF001

    def contributions(self, X: Matrix) -> Matrix:
        """Split log-odds over the features: the weighted mean of both models' splits."""
        straight, trees = self.scorecard_.contributions(X), self.boosted_.contributions(X)
        split: Matrix = self.share_ * straight + (1 - self.share_) * trees
        return split * self.sigmoid_.slope

    def state(self) -> dict[str, Any]:
        """Keep both models' states and the sigmoid; the trees stand apart, as in `BoostedPd`."""
        boosted = self.boosted_.state()
        sigmoid = {"intercept": self.sigmoid_.intercept, "slope": self.sigmoid_.slope}
        return {
            "trees": boosted.pop("trees"),
            "boosted": boosted,
            "scorecard": self.scorecard_.state(),
            "sigmoid": sigmoid,
            "scorecard_share": self.share_,
        }

    def restore(self, state: dict[str, Any]) -> Self:
        """Take up both models and the sigmoid."""
        self.scorecard_ = ScorecardPd().restore(state["scorecard"])
        self.boosted_ = BoostedPd().restore(state["boosted"] | {"trees": state["trees"]})
        self.sigmoid_ = Sigmoid(**state["sigmoid"])
        # Bundles that do not name it were made when it was always a half.
        self.share_ = float(state.get("scorecard_share", _HALF))
        return self._restored(self.scorecard_.n_features_in_)


def _middle(one: Vector, other: Vector, share: float) -> Vector:
    middle: Vector = expit(share * log_odds(one) + (1 - share) * log_odds(other))
    return middle


def _scorecard_share(scorecard: Vector, boosted: Vector, y: Vector, groups: NDArray[np.int64]) -> float:
    """Choose the weight by the log loss on unseen buyers; a half where it is as good within one standard error."""
    losses = {share: buyer_losses(y, _middle(scorecard, boosted, share), groups) for share in _SHARES}
    best = min(losses, key=lambda share: float(losses[share].sum()))
    return _HALF if is_as_good(losses[_HALF], losses[best]) else best


def _centred(odds: Vector, y: Vector) -> float:
    """Find the intercept at which mean PD equals the base rate, by Newton's method on the likelihood."""
    intercept = 0.0
    for _ in range(50):
        pd = expit(intercept + odds)
        intercept += (y.sum() + 0.5 - pd.sum() - 1 / (2 * len(y))) / max((pd * (1 - pd)).sum(), 1e-9)
    return round(float(intercept), 9)
