"""The trees' few parameters, searched by log loss over rolling origins within the training rows.

A budget in seconds would give other trees on another machine, so the number of trials is what ends a search; the budget
is a guard against endless ones, and a search that it cut short says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import optuna

from features.catalogue import CATALOGUE
from features.errors import DataError
from models.pd.base import Vector
from models.pd.boosted import BoostedPd
from models.pd.crossfit import buyer_losses, is_as_good
from training.candidates import Parameters
from training.config import Tuning
from training.dataset import Dataset
from training.known import KnownAt
from training.splits import TimeSplit, rolling_origins, split_by_time

_INNER_SHARE, _INNER_ORIGINS = 0.4, 3
_SIGNS = tuple(feature.sign for feature in CATALOGUE)
_USUAL: Parameters = {
    name: getattr(BoostedPd(), name) for name in ("rounds", "leaves", "least_rows", "ridge", "column_share")
}


@dataclass(frozen=True, slots=True)
class Tuned:
    """What a search found.

    Attributes:
        parameters: of `BoostedPd`, empty where the usual ones stay.
        trials: how many were tried, the usual ones among them.
        usual, best: mean log loss over the inner origins; None where nothing was tried.
        note: why the usual ones stay, or that the budget ended the search; empty where there is nothing to say.
    """

    parameters: Parameters = field(default_factory=dict)
    trials: int = 0
    usual: float | None = None
    best: float | None = None
    note: str = ""


def tune(rows: Dataset, days: Sequence[date], wait_days: int, known_at: KnownAt, tuning: Tuning, seed: int) -> Tuned:
    """Search on training rows of some days, whose outcomes take `wait_days` to be known.

    They are what is judged by; each inner origin is fitted on what was known at its own cut. Others than the usual
    parameters are taken only where buyers' losses are lower beyond a standard error.
    """
    if tuning.trials == 0:
        return Tuned()
    try:
        split = split_by_time(days, wait_days, _INNER_SHARE)
    except DataError:
        return Tuned(note="the training days span too little to judge within them")
    origins = rolling_origins(days, split, wait_days, _INNER_ORIGINS)
    judged, known = rows.rows(split.test), tuple(known_at(each).rows for each in origins)
    if not judged.defaults or not all(each.defaults for each in known):
        return Tuned(note="the training days hold too few defaults to judge within them")
    return _search(_Objective(origins, known, judged, seed), tuning, seed)


@dataclass(frozen=True, slots=True)
class _Objective:
    """Losses of parameters by buyer, fitted at each origin and judged until the next."""

    origins: tuple[TimeSplit, ...]
    known: tuple[Dataset, ...]
    judged: Dataset
    seed: int

    def losses(self, parameters: Parameters) -> Vector:
        model = BoostedPd(signs=_SIGNS, seed=self.seed, **parameters)  # type: ignore[arg-type] # ints stay ints
        pd = []
        for origin, known in zip(self.origins, self.known, strict=True):
            test = self.judged.rows(origin.test)
            pd.append(np.asarray(model.boost(known.X, known.y).predict(test.X), dtype=np.float64))
        return buyer_losses(self.judged.y, np.concatenate(pd), self.judged.groups)

    def __call__(self, trial: optuna.Trial) -> float:
        return float(self.losses(_suggested(trial)).sum() / len(self.judged))


def _search(objective: _Objective, tuning: Tuning, seed: int) -> Tuned:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.enqueue_trial(dict(_USUAL))
    study.optimize(objective, n_trials=tuning.trials, timeout=tuning.budget_s)
    tried = len(study.trials)
    note = f"the budget of {tuning.budget_s} s ended the search early" if tried < tuning.trials else ""
    usual, best = float(study.trials[0].value or 0.0), float(study.best_value)
    if is_as_good(objective.losses(_USUAL), objective.losses(study.best_params)):
        kept = "the usual parameters are as good within a standard error"
        return Tuned({}, tried, usual, best, "; ".join(filter(None, (kept, note))))
    return Tuned(study.best_params, tried, usual, best, note)


def _suggested(trial: optuna.Trial) -> Parameters:
    return {
        "rounds": trial.suggest_int("rounds", 40, 400, step=20),
        "leaves": trial.suggest_int("leaves", 4, 16),
        "least_rows": trial.suggest_int("least_rows", 20, 400, log=True),
        "ridge": trial.suggest_float("ridge", 1.0, 100.0, log=True),
        "column_share": trial.suggest_float("column_share", 0.3, 0.9),
    }
