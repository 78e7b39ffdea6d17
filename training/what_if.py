"""Two policies on the same book: what trade, loss and compensation would have been, and who gains and who loses."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from models.decision.book import LimitRun, set_limits
from models.policy import Policies, Policy
from training.backtest.figures import Outcome, Resampling, differences, figures, listed
from training.backtest.walk import Walk, look_back
from training.config import TrainingConfig

_MOVERS = 10
_ALWAYS = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Side:
    """One policy on the book: the replayed history, and the limits it would set now."""

    policy: Policy
    outcome: Outcome
    run: LimitRun


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Two policies compared; `ours` is the one asked about, `theirs` what it is held against."""

    ours: Side
    theirs: Side
    resampling: Resampling
    quarters: int


def what_if(book: Path, as_of: date, quarters: int, config: TrainingConfig, ours: Policy, theirs: Policy) -> WhatIf:
    """Replay a book's last quarters under two policies, each as if it had always held, with the same models.

    Raises:
        BookError, DataError, CallerError: as the backtest does.
    """
    walk = look_back(book, as_of, quarters, config, _always(ours))
    draws = Resampling(len(walk.history.buyers), config.bootstrap_draws, config.seed)
    return WhatIf(_side(walk, ours), _side(walk, theirs), draws, len(walk.quarters))


def summary(found: WhatIf) -> dict[str, Any]:
    """Give the comparison as JSON holds it; figures as [value, low, high] of 95 % intervals over buyers."""
    sides = {"policy": found.ours, "against": found.theirs}
    return {
        "quarters": found.quarters,
        **{name: _told(side, found.resampling) for name, side in sides.items()},
        "difference": _difference(found),
        "buyers": _moves(found),
    }


def show(found: WhatIf, console: Console) -> None:
    """Print the comparison for a person."""
    ours, theirs = (figures(side.outcome, found.resampling) for side in (found.ours, found.theirs))
    table = Table("", found.ours.policy.version, found.theirs.policy.version, "difference")
    for name, (value, low, high) in _difference(found).items():
        table.add_row(
            name.replace("_", " "), _written(name, ours[name].value), _written(name, theirs[name].value),
            f"{_written(name, value)} [{_written(name, low)}, {_written(name, high)}]",
        )  # fmt: skip
    console.print(table)
    moves = _moves(found)
    console.print(f"{moves['gain']} buyers would have a larger limit, {moves['lose']} a smaller one.")
    for each in moves["movers"]:
        console.print(
            f"{each['buyer_id']} ({each['country']}): {each['against_usd']:,.0f} -> {each['policy_usd']:,.0f} USD"
        )


def _written(name: str, value: float) -> str:
    """Write a figure by the unit that its name ends in."""
    if name.endswith("_share"):
        return f"{value:.1%}"
    return f"{value:,.1f}" if name.endswith("_bp") else f"{value:,.0f}"


def _always(policy: Policy) -> Policies:
    return Policies((policy.model_copy(update={"effective_from": _ALWAYS}),))


def _side(walk: Walk, policy: Policy) -> Side:
    alone = walk.under(_always(policy))
    now = walk.quarters[-1]
    run = set_limits(
        now.seen, now.circumstances, now.assessment, policy, now.first_day, {},
        horizon_days=walk.config.horizon_days, model_version=f"as of {now.as_of}",
    )  # fmt: skip
    return Side(policy, alone.at_scale([1.0] * len(walk.quarters)), run)


def _told(side: Side, draws: Resampling) -> dict[str, Any]:
    amounts = np.array([each.amount for each in side.run.decisions], dtype=np.int64)
    return {
        "version": side.policy.version,
        "replayed": {name: listed(each) for name, each in figures(side.outcome, draws).items()},
        "now": {
            "limits": int((amounts > 0).sum()),
            "limits_usd": int(amounts.sum()) / 100,
            "expected_covered_usd": round(side.run.covered / 100, 2),
            "expected_loss_usd": round(side.run.loss / 100, 2),
            "value_at_risk_usd": round(side.run.tail.value_at_risk / 100, 2),
            "expected_shortfall_usd": round(side.run.tail.expected_shortfall / 100, 2),
        },
    }


def _difference(found: WhatIf) -> dict[str, list[float]]:
    told = differences(found.ours.outcome, found.theirs.outcome, found.resampling)
    return {name: listed(each) for name, each in told.items()}


def _moves(found: WhatIf) -> dict[str, Any]:
    """Tell who gains and who loses in limit now, the largest movers by name."""
    pairs = list(zip(found.ours.run.decisions, found.theirs.run.decisions, found.ours.run.facts, strict=True))
    change = np.array([ours.amount - theirs.amount for ours, theirs, _ in pairs], dtype=np.int64)
    largest = np.argsort(-np.abs(change), kind="stable")[:_MOVERS]
    countries = {facts.country for _, _, facts in pairs}
    where = {name: [place for place, pair in enumerate(pairs) if pair[2].country == name] for name in sorted(countries)}
    return {
        "gain": int((change > 0).sum()),
        "lose": int((change < 0).sum()),
        "same": int((change == 0).sum()),
        "by_country_usd": {name: int(change[places].sum()) / 100 for name, places in where.items()},
        "movers": [
            {
                "buyer_id": pairs[place][0].buyer_id,
                "country": pairs[place][2].country,
                "policy_usd": pairs[place][0].amount / 100,
                "against_usd": pairs[place][1].amount / 100,
            }
            for place in largest.tolist()
            if change[place] != 0
        ],
    }
