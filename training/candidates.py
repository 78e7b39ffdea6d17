"""The recipes that compete in a training run."""

from dataclasses import dataclass

import numpy as np

from features.catalogue import CATALOGUE
from features.errors import DataError
from models.pd.base import PdModel
from models.pd.boosted import BoostedPd
from models.pd.constant import ConstantPd
from models.pd.crossfit import log_loss
from models.pd.scorecard import ScorecardPd
from training.config import TrainingConfig
from training.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Contest:
    """Fitted candidates, and the one with the least log loss on buyers that it had not seen."""

    fitted: dict[str, PdModel]
    unseen_log_loss: dict[str, float]

    @property
    def chosen(self) -> str:
        """The winner's name; of equals the simpler, which comes first."""
        return min(self.unseen_log_loss, key=lambda name: self.unseen_log_loss[name])


def recipe(name: str, seed: int) -> PdModel:
    """Make an unfitted candidate."""
    if name == "lightgbm":
        return BoostedPd(signs=tuple(feature.sign for feature in CATALOGUE), seed=seed)
    return ConstantPd() if name == "constant" else ScorecardPd()


def fit(name: str, rows: Dataset, seed: int) -> PdModel:
    """Fit one candidate."""
    return recipe(name, seed).fit(rows.X, rows.y, rows.groups)


def compete(rows: Dataset, config: TrainingConfig) -> Contest:
    """Fit all candidates on the training rows and compare them there, buyer by buyer.

    Raises:
        DataError: too few defaults to learn from, or nothing but defaults.
    """
    _check_enough(rows, config.least_defaults)
    fitted: dict[str, PdModel] = {name: fit(name, rows, config.seed) for name in config.candidates}
    return Contest(fitted, {name: log_loss(rows.y, model.unseen_pd_) for name, model in fitted.items()})


def _check_enough(rows: Dataset, least: int) -> None:
    span = f"{np.min(rows.as_of)} to {np.max(rows.as_of)}" if len(rows) else "no rows"
    for count, what in ((rows.defaults, "defaults"), (len(rows) - rows.defaults, "rows without default")):
        if count < least:
            cause = f"hold {count} {what} among {len(rows)} rows, fewer than {least}"
            raise DataError("training rows", span, cause, "load a longer history, or define default more widely")
