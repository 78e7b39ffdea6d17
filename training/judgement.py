"""Out-of-time figures of every candidate, and of the chosen one against each, over one or several origins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.errors import DataError
from training.candidates import Contest, refit
from training.config import TrainingConfig
from training.dataset import Dataset
from training.judging import FIGURES, BuyerBootstrap, Estimate, Vector
from training.known import Known, KnownAt
from training.splits import TimeSplit


@dataclass(frozen=True, slots=True)
class Judgement:
    """Out-of-time figures of every candidate, and of the chosen one against each.

    Attributes:
        pd: each candidate's PD on the test rows (n,).
        figures: candidate -> figure -> estimate.
        gains: other candidate -> figure -> the chosen one's figure less the other's.
    """

    pd: dict[str, Vector]
    figures: dict[str, dict[str, Estimate]]
    gains: dict[str, dict[str, Estimate]]


@dataclass(frozen=True, slots=True)
class Origin:
    """One step of the rolling evaluation: fitted on what was mature on its first day, judged until the next.

    Attributes:
        known: what it was fitted on, with outcomes as they were known on its first day.
        test_rows, test_defaults: what it was judged on.
    """

    split: TimeSplit
    known: Dataset
    test_rows: int
    test_defaults: int
    judgement: Judgement

    @property
    def rows(self) -> int:
        """How many rows it was fitted on."""
        return len(self.known)

    @property
    def defaults(self) -> int:
        """How many of these defaulted."""
        return self.known.defaults


def judge(pd: Mapping[str, Vector], chosen: str, test: Dataset, config: TrainingConfig) -> Judgement:
    """Judge PDs (n,) on rows; figures that one class alone cannot give are NaN."""
    bootstrap = BuyerBootstrap(test.groups, config.bootstrap_draws, config.seed)
    drawn = {
        name: {title: bootstrap.draws(figure, test.y, pd[name]) for title, figure in FIGURES.items()} for name in pd
    }
    figures = {name: {title: Estimate.of(values) for title, values in titles.items()} for name, titles in drawn.items()}
    gains = {
        name: {title: Estimate.of(drawn[chosen][title] - values) for title, values in titles.items()}
        for name, titles in drawn.items()
        if name != chosen
    }
    return Judgement(dict(pd), figures, gains)


def roll(
    contest: Contest, rows: Dataset, origins: Sequence[TimeSplit], known_at: KnownAt, config: TrainingConfig
) -> tuple[Judgement, tuple[Origin, ...]]:
    """Judge every origin by the recipes of the first, fitted anew on what was mature by then, and all together.

    Args:
        contest: the candidates, fitted on the first origin's training rows.
        rows: all rows, with the outcomes that they are judged by.
        origins: splits in the order of time whose tests follow one another.
        known_at: what there was to fit on at each.
        config: draws and seed.

    Raises:
        DataError: there is nothing to judge on or to fit on, or one class only.
    """
    test = rows.rows([day for split in origins for day in split.test])
    if not 0 < test.defaults < len(test):
        cause = f"hold {test.defaults} defaults, so that no ranking can be judged"
        raise DataError("out-of-time rows", len(test), cause, "load a longer history, or define default otherwise")
    traded = [split for split in origins if len(rows.rows(split.test))]
    found = tuple(
        _origin(contest, known_at(split), rows.rows(split.test), config, first=split is origins[0]) for split in traded
    )
    whole = {name: np.concatenate([each.judgement.pd[name] for each in found]) for name in contest.fitted}
    return judge(whole, contest.chosen, test, config), found


def _origin(contest: Contest, known: Known, test: Dataset, config: TrainingConfig, *, first: bool) -> Origin:
    fitted = contest.fitted if first else refit(contest, known.rows, config)
    pd = {name: model.predict_pd(test.X) for name, model in fitted.items()}
    judgement = judge(pd, contest.chosen, test, config)
    return Origin(known.split, known.rows, len(test), test.defaults, judgement)
