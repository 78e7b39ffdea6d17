"""One backtest: what was known each quarter, limits by every strategy, all orders replayed, figures with intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from features.errors import CallerError
from models.appetite import CalibratedAppetite
from models.champion import Champion
from models.decision.book import assess
from models.policy import BASIS_POINTS, Policies, Policy
from training.backtest.control import largest_safe_scale
from training.backtest.figures import Outcome, Resampling
from training.backtest.frontier import SCALES, Frontier
from training.backtest.quarters import Quarter
from training.backtest.strategies import rule_of_thumb
from training.backtest.terms import flat_cap
from training.backtest.truth import true_pds
from training.backtest.walk import Walk, look_back
from training.config import TrainingConfig
from training.labels import Ripeness

Tell = Callable[[str], None]
FLAT, THUMB, MODEL, CALIBRATED, TRUTH = "flat_cap", "rule_of_thumb", "model", "calibrated", "truth"
VERSION = "version_"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a backtest is asked for.

    Attributes:
        as_of: outcomes are judged by what was recorded by then.
        quarters: how many quarters to walk through, at most.
        scales: points of the frontier.
        draws: bootstrap draws for intervals.
    """

    as_of: date
    quarters: int = 8
    scales: tuple[float, ...] = SCALES
    draws: int = 400


@dataclass(frozen=True, slots=True)
class Backtest:
    """All that a backtest found.

    Attributes:
        quarters: what was known at the start of each.
        orders: how many orders were replayed, and how many of them defaulted.
        outcomes: by strategy; `model`, `truth` and given versions (`version_3`) at the policy's own appetite.
        frontiers: by way of setting limits: `model`, and `truth` where it is known.
        control: the calibrated appetite's scale in each quarter, None before any outcome was mature; where no scale
            could be proven safe, the smallest of the frontier.
        calibrated: what limit runs after the backtest may use.
    """

    wish: Wish
    config: TrainingConfig
    policies: Policies
    ripeness: Ripeness
    quarters: tuple[Quarter, ...]
    orders: int
    defaults: int
    outcomes: dict[str, Outcome]
    frontiers: dict[str, Frontier]
    control: tuple[float | None, ...]
    calibrated: CalibratedAppetite
    resampling: Resampling


def backtest(
    book: Path,
    wish: Wish,
    config: TrainingConfig,
    policies: Policies,
    given: Sequence[Champion] = (),
    tell: Tell = lambda _: None,
) -> Backtest:
    """Walk through a book's history quarter by quarter.

    Args:
        book: folder of the book.
        wish: what is asked for.
        config: how each quarter's own model is trained.
        policies: the terms by day.
        given: versions to try as they are, beside the models retrained each quarter.
        tell: is told what is being done.

    Raises:
        BookError, DataError: the book cannot be used, or is too short.
        CallerError: a given version saw what it would be tested on.
    """
    tell("learning quarter by quarter")
    walk = look_back(book, wish.as_of, wish.quarters, config, policies)
    history, quarters = walk.history, walk.quarters
    for each in given:
        _refuse_hindsight(each, quarters[0])
    outcomes = {FLAT: walk.outcome(flat_cap(history, policies))}
    outcomes[THUMB] = walk.outcome(rule_of_thumb(history, quarters, policies))
    tell("setting limits with the models of each quarter")
    frontiers = {MODEL: walk.frontier(wish.scales)}
    control = _control(walk, frontiers[MODEL])
    outcomes[MODEL] = walk.at_scale([1.0] * len(quarters))
    outcomes[CALIBRATED] = walk.at_scale([1.0 if scale is None else scale for scale in control])
    for each in given:
        tell(f"setting limits with version {each.version}")
        views = [assess(each.bundle, quarter.seen, reasons=False) for quarter in quarters]
        outcomes[f"{VERSION}{each.version}"] = walk.at_scale([1.0] * len(quarters), views)
    pds = true_pds(book, quarters)
    if pds is not None:
        tell("setting limits with the truth")
        true = [replace(quarter.assessment, pd=pd) for quarter, pd in zip(quarters, pds, strict=True)]
        frontiers[TRUTH] = walk.frontier(wish.scales, true)
        outcomes[TRUTH] = walk.at_scale([1.0] * len(quarters), true)
    return Backtest(
        wish, config, policies, walk.ripeness, quarters, len(history.orders), int((history.orders.owed > 0).sum()),
        outcomes, frontiers, control, _calibrated(walk, frontiers[MODEL], wish.as_of),
        Resampling(len(history.buyers), wish.draws, config.seed),
    )  # fmt: skip


def _control(walk: Walk, frontier: Frontier) -> tuple[float | None, ...]:
    """Calibrate the appetite's scale each quarter on the quarters whose outcomes were mature by then."""
    wait = timedelta(days=walk.ripeness.wait_days - walk.config.horizon_days)
    found: list[float | None] = []
    for quarter in walk.quarters:
        past = sum(later.as_of + wait <= quarter.as_of for later in walk.quarters[1:])
        found.append(_scale_from(frontier, walk.policies.at(quarter.first_day), past)[0] if past else None)
    return tuple(found)


def _calibrated(walk: Walk, frontier: Frontier, day: date) -> CalibratedAppetite:
    """Calibrate the appetite for the limits after the backtest's own day, by which all its quarters were mature."""
    policy, past = walk.policies.at(day), len(walk.quarters)
    scale, buyers = _scale_from(frontier, policy, past)
    return CalibratedAppetite(policy.version, scale, day, past, buyers)


def _scale_from(frontier: Frontier, policy: Policy, past: int) -> tuple[float, int]:
    """Choose a policy's scale from the outcomes of the `past` first quarters; tell how many buyers it rests on."""
    lgd = policy.loss_given_default / BASIS_POINTS
    # What is owed stays outstanding until it is paid, so that over all quarters no buyer costs more than at the cap.
    most = policy.buyer_cap * policy.rate_bp("standard") / BASIS_POINTS
    paid = np.column_stack([each.of("compensated")[:, :past].sum(axis=1) for each in frontier.outcomes])
    covered = np.column_stack([each.of("covered")[:, :past].sum(axis=1) for each in frontier.outcomes])
    traded = covered[:, -1] > 0
    cost = np.minimum(paid[traded] * lgd, most)
    appetite = policy.appetite.expected_loss / BASIS_POINTS
    scale = largest_safe_scale(frontier.scales, cost, covered[traded], appetite, most) or min(frontier.scales)
    return scale, int(traded.sum())


def _refuse_hindsight(given: Champion, first: Quarter) -> None:
    if given.bundle.trained_as_of > first.as_of:
        cause = f"was trained as of {given.bundle.trained_as_of}, after the first quarter's start {first.as_of}"
        raise CallerError("model version", given.version, cause, "replay fewer quarters, or leave the version out")
