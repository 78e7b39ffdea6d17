"""The recipes that compete in a training run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from features.catalogue import CATALOGUE
from features.errors import DataError
from models.pd.base import PdModel, Vector
from models.pd.blend import BlendPd
from models.pd.boosted import BoostedPd
from models.pd.constant import ConstantPd
from models.pd.crossfit import buyer_losses, is_as_good
from models.pd.scorecard import STRENGTHS, ScorecardPd
from training.config import TrainingConfig
from training.dataset import Dataset
from training.distributed import DistributedPd
from training.judging import defaulting_buyers

# Parameters of `BoostedPd` by name.
Parameters = Mapping[str, float | int]

# From the most careful: where several are as good as the best, the first of these is taken.
_CAREFUL_FIRST = ("blend", "scorecard", "lightgbm", "constant")


@dataclass(frozen=True, slots=True)
class Contest:
    """Fitted candidates, each with its loss by buyer on buyers that it had not seen; `trees` are tuned parameters."""

    fitted: dict[str, PdModel]
    unseen_losses: dict[str, Vector]
    rows: int
    trees: Parameters = field(default_factory=dict)

    @property
    def chosen(self) -> str:
        """The most careful within a standard error of the least log loss; the constant only where it is least."""
        best = min(self.unseen_losses, key=lambda name: float(self.unseen_losses[name].sum()))
        if best == "constant":
            return best
        as_good = [name for name, losses in self.unseen_losses.items() if is_as_good(losses, self.unseen_losses[best])]
        return next(name for name in _CAREFUL_FIRST if name in as_good and name != "constant")

    @property
    def unseen_log_loss(self) -> dict[str, float]:
        """Mean log loss of each candidate on rows of unseen buyers."""
        return {name: float(losses.sum() / self.rows) for name, losses in self.unseen_losses.items()}


def recipe(name: str, seed: int, trees: Parameters | None = None, *, distributed: bool = False) -> PdModel:
    """Make an unfitted candidate; `trees` are parameters of the boosted trees other than the usual ones."""
    boosted = DistributedPd if distributed else BoostedPd
    signs = tuple(feature.sign for feature in CATALOGUE)
    match name:
        case "blend":
            return BlendPd(signs=signs, seed=seed)
        case "lightgbm":
            return boosted(signs=signs, seed=seed, **(trees or {}))  # type: ignore[arg-type] # ints stay ints
        case "scorecard":
            return ScorecardPd()
    return ConstantPd()


def fit(name: str, rows: Dataset, seed: int) -> PdModel:
    """Fit one candidate."""
    return recipe(name, seed).fit(rows.X, rows.y, rows.groups)


def compete(rows: Dataset, config: TrainingConfig, trees: Parameters | None = None) -> Contest:
    """Fit all candidates on the training rows and compare them there, buyer by buyer.

    Raises:
        DataError: too few buyers that defaulted to learn from, or nothing but defaults.
    """
    _check_enough(rows, config.least_defaults)
    fitted = _fit_all(rows, config, trees or {})
    losses = {name: buyer_losses(rows.y, model.unseen_pd_, rows.groups) for name, model in fitted.items()}
    return Contest(fitted, losses, len(rows), trees or {})


def refit(contest: Contest, rows: Dataset, config: TrainingConfig) -> dict[str, PdModel]:
    """Fit the contest's candidates on other rows; the penalty that was chosen then stays.

    Raises:
        DataError: too few buyers that defaulted to learn from, or nothing but defaults.
    """
    _check_enough(rows, config.least_defaults)
    return _fit_all(rows, config, contest.trees, _strengths(contest))


def refit_chosen(contest: Contest, rows: Dataset, config: TrainingConfig) -> PdModel:
    """Fit the chosen recipe on other rows, in the same way."""
    needed = ("scorecard", "lightgbm", "blend") if contest.chosen == "blend" else (contest.chosen,)
    own = config.model_copy(update={"candidates": needed})
    return _fit_all(rows, own, contest.trees, _strengths(contest))[contest.chosen]


def _strengths(contest: Contest) -> tuple[float, ...]:
    scorecard = contest.fitted.get("scorecard")
    return (scorecard.strength_,) if isinstance(scorecard, ScorecardPd) else STRENGTHS


def _fit_all(
    rows: Dataset, config: TrainingConfig, trees: Parameters, strengths: tuple[float, ...] = STRENGTHS
) -> dict[str, PdModel]:
    names: list[str] = [name for name in config.candidates if name != "blend"]
    spread = config.dask is not None
    recipes = {name: recipe(name, config.seed, trees, distributed=spread) for name in names} | {
        "scorecard": ScorecardPd(strengths)
    }
    single = {name: recipes[name].fit(rows.X, rows.y, rows.groups) for name in names}
    if "blend" not in config.candidates:
        return single
    parts = single.get("scorecard"), single.get("lightgbm")
    if isinstance(parts[0], ScorecardPd) and isinstance(parts[1], BoostedPd):
        return single | {"blend": BlendPd().join(parts[0], parts[1], rows.y, rows.groups)}
    return single | {"blend": fit("blend", rows, config.seed)}


def _check_enough(rows: Dataset, least: int) -> None:
    # One buyer's default is seen from many snapshots: it is one thing to learn from, not many.
    found = defaulting_buyers(rows.y, rows.groups)
    span = f"{np.min(rows.as_of)} to {np.max(rows.as_of)}" if len(rows) else "no rows"
    for count, what in ((found, "defaulting buyers"), (len(rows) - rows.defaults, "rows without default")):
        if count < least:
            cause = f"hold {count} {what} among {len(rows)} rows, fewer than {least}"
            raise DataError("training rows", span, cause, "load a longer history, or define default more widely")
