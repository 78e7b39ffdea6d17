"""A backtest in figures: as JSON for programs, as tables for people, with what it cannot know."""

import math
from typing import Any

from rich.console import Console
from rich.table import Table

from training.backtest.figures import figures, listed
from training.backtest.frontier import gain_at_loss, share_of
from training.backtest.realised import realised
from training.backtest.run import CALIBRATED, FLAT, MODEL, THUMB, TRUTH, Backtest
from training.judging import Estimate

CANNOT_KNOW = (
    "Orders that past limits kept from being made, made smaller or moved to advance payment are not in the book: what "
    "more cover would have brought, good or bad, is not seen.",
    "Buyers are taken to order and pay as they did whatever cover is given; a refusal may have changed either.",
    "Every covered loss is taken to be claimed and compensated in full at the standard rate; in life some are not.",
    "Cover that was stopped is taken to be given again when the order is paid, or its claim withdrawn or rejected; "
    "what persons stopped or lifted is not in the book.",
    "Amounts and names are those of the book: one buyer under two names has two limits here as there.",
)
# How losses can be compared: net of the programme's part of recoveries, and as first paid out.
LOSSES = {"net": "at equal loss after recoveries", "compensated": "at equal compensation paid"}
_HEADINGS = (
    "limits by",
    "covered, USD m",
    "of asked",
    "loss ratio, bp",
    "paid, bp",
    "good turned away, USD m",
)


def summary(found: Backtest) -> dict[str, Any]:
    """Give everything that a backtest found, as JSON holds it; figures as [value, low, high] of 95 % intervals."""
    return {
        "as_of": found.wish.as_of.isoformat(),
        "policies": sorted({found.policies.at(quarter.first_day).version for quarter in found.quarters}),
        "orders": found.orders,
        "defaults": found.defaults,
        "quarters": [_quarter(found, number) for number in range(len(found.quarters))],
        "strategies": {name: _tree(figures(each, found.resampling)) for name, each in found.outcomes.items()},
        "bust_out_losses_avoided_usd": {
            name: round(_bust_outs(found, FLAT) - _bust_outs(found, name), 2) for name in found.outcomes
        },
        "frontier": {name: _frontier(found, name) for name in found.frontiers},
        "at_equal_loss": {loss: comparisons(found, loss) for loss in LOSSES},
        "appetite": _appetite(found),
        "cannot_know": list(CANNOT_KNOW),
    }


def comparisons(found: Backtest, loss: str) -> dict[str, list[float]]:
    """Compare strategies at the rule of thumb's loss."""
    thumb, draws = found.outcomes[THUMB], found.resampling
    model = found.frontiers[MODEL]
    told = {"trade_gain_vs_rule_of_thumb": gain_at_loss(model, thumb, draws, loss)}
    if TRUTH in found.frontiers:
        told["trade_gain_of_truth_vs_rule_of_thumb"] = gain_at_loss(found.frontiers[TRUTH], thumb, draws, loss)
        told["trade_share_of_truth"] = share_of(model, found.frontiers[TRUTH], thumb, draws, loss)
    return _tree(told)


def show(found: Backtest, console: Console) -> None:
    """Print a backtest for a person."""
    for title, quarter in [("All quarters", None), *((str(q.first_day), n) for n, q in enumerate(found.quarters))]:
        table = Table(*_HEADINGS, title=title if quarter is None else f"Quarter from {title}")
        for name, each in found.outcomes.items():
            told = figures(each, found.resampling, quarter)
            table.add_row(
                name.replace("_", " "),
                _millions(told["trade_covered_usd"]),
                f"{told['trade_covered_share'].value:.1%}",
                _points(told["loss_ratio_bp"]),
                _points(told["compensation_bp"]),
                f"{told['good_turned_away_usd'].value / 1e6:.2f}",
            )
        console.print(table)
    for loss, words in LOSSES.items():
        for name, (value, low, high) in comparisons(found, loss).items():
            console.print(f"{name.replace('_', ' ')}, {words}: {value:+.1%} [{low:+.1%}, {high:+.1%}]")
    for name, told in ((name, realised(found, name)) for name in (MODEL, CALIBRATED)):
        console.print(
            f"{name}: realised {_points(told['expected'])} bp against an appetite of {_appetite_bp(found)} bp"
        )
    console.print(
        f"the appetite's scale for the limits to come: {found.calibrated.scale:g}, calibrated on"
        f" {found.calibrated.quarters} quarters of {found.calibrated.buyers:,} buyers"
    )
    console.print("What this cannot know:", *(f"- {line}" for line in CANNOT_KNOW), sep="\n")


def _quarter(found: Backtest, number: int) -> dict[str, Any]:
    quarter = found.quarters[number]
    return {
        "from": quarter.first_day.isoformat(),
        "policy": found.policies.at(quarter.first_day).version,
        "model": quarter.recipe,
        "trained_on": {"rows": quarter.trained_on[0], "defaults": quarter.trained_on[1]},
        "learned_until": quarter.learned_until.isoformat(),
        "appetite_scale": found.control[number],
        "strategies": {name: _tree(figures(each, found.resampling, number)) for name, each in found.outcomes.items()},
    }


def _frontier(found: Backtest, name: str) -> list[dict[str, float]]:
    frontier = found.frontiers[name]
    losses, trades = frontier.points(found.resampling, "net")
    return [
        {"scale": scale, "compensated_loss_usd": loss / 100, "trade_covered_usd": trade / 100}
        for scale, loss, trade in zip(frontier.scales, losses[0], trades[0], strict=True)
    ]


def _appetite(found: Backtest) -> dict[str, Any]:
    """Tell what was realised in the quarters whose appetite was calibrated, against the policy's."""
    return {
        "policy_bp": _appetite_bp(found),
        "scales": list(found.control),
        "next_scale": found.calibrated.scale,
        "next_scale_rests_on": {"quarters": found.calibrated.quarters, "buyers": found.calibrated.buyers},
        "realised_bp": {name: _tree(realised(found, name)) for name in (MODEL, CALIBRATED)},
    }


def _appetite_bp(found: Backtest) -> int:
    return found.policies.at(found.quarters[-1].first_day).appetite.expected_loss


def _bust_outs(found: Backtest, name: str) -> float:
    return float(found.outcomes[name].of("bust_out_lost").sum() / 100)


def _tree(told: dict[str, Estimate]) -> dict[str, list[float]]:
    return {title: listed(each) for title, each in told.items()}


def _points(estimate: Estimate) -> str:
    if math.isnan(estimate.value):
        return "–"  # nothing was covered
    return f"{estimate.value:.1f} [{estimate.low:.1f}, {estimate.high:.1f}]"


def _millions(estimate: Estimate) -> str:
    return f"{estimate.value / 1e6:.2f} [{estimate.low / 1e6:.2f}, {estimate.high / 1e6:.2f}]"
