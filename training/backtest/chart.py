"""The frontier as a picture: covered trade against compensated loss, with every strategy on it."""

from itertools import cycle, islice
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from features.errors import CallerError
from features.files import replace_file
from training.backtest.figures import figures
from training.backtest.run import CALIBRATED, FLAT, MODEL, THUMB, TRUTH, Backtest

_TITLES = {
    FLAT: "flat cap",
    THUMB: "rule of thumb",
    MODEL: "model",
    CALIBRATED: "model, appetite calibrated",
    TRUTH: "limits from the truth",
}
_COLOURS = {
    FLAT: "#8c8c8c",
    THUMB: "#c26a1b",
    MODEL: "#1f5fa8",
    CALIBRATED: "#5b9bd5",
    TRUTH: "#2e8b57",
}
_GIVEN = ("#6a3d9a", "#b0568f", "#4b4b9f")
_LOSS, _TRADE, _WHO = "compensated loss, USD million", "trade covered, USD million", "limits by"


def frontier_chart(found: Backtest) -> alt.LayerChart | alt.FacetChart:
    """Draw the frontiers as lines and the strategies as points, with bars for the 95 % intervals of their trade."""
    lines = [point for name in found.frontiers for point in _line(found, name)]
    points = [_point(found, name) for name in found.outcomes]
    present = [name for name in _TITLES if name in found.outcomes]
    given = [name for name in found.outcomes if name not in _TITLES]
    colour = alt.Color(
        f"{_WHO}:N",
        scale=alt.Scale(
            domain=[_title(name) for name in (*present, *given)],
            range=[*(_COLOURS[name] for name in present), *islice(cycle(_GIVEN), len(given))],
        ),
    )
    x = alt.X(f"{_LOSS}:Q", scale=alt.Scale(zero=True))
    y = alt.Y(f"{_TRADE}:Q", scale=alt.Scale(zero=True))
    base = alt.Chart(pd.DataFrame(points))
    layers: alt.LayerChart | alt.FacetChart = alt.layer(
        alt.Chart(pd.DataFrame(lines)).mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, order="scale:Q"),
        base.mark_rule(strokeWidth=1.5).encode(x=x, y="low:Q", y2="high:Q", color=colour),
        base.mark_point(filled=True, size=90, opacity=1).encode(x=x, y=y, color=colour),
    )
    return layers.properties(
        width=620,
        height=400,
        title=alt.TitleParams(
            "How much trade each way of setting limits covers for the loss that it costs",
            subtitle=f"{found.orders:,} orders, {len(found.quarters)} quarters from {found.quarters[0].first_day}; "
            "bars are 95 % intervals over buyers",
        ),
    )


def write_chart(found: Backtest, file: Path) -> None:
    """Write the frontier as SVG or HTML, by the file's ending.

    Raises:
        CallerError: another ending, or a file that cannot be written.
    """
    if file.suffix not in {".svg", ".html"}:
        raise CallerError("chart", file, "is neither .svg nor .html", "name a file with one of these endings")
    svg = vl_convert.vegalite_to_svg(frontier_chart(found).to_json())
    page = f'<!doctype html><meta charset="utf-8"><title>Frontier</title>{svg}\n'
    try:
        with replace_file(file) as fresh:
            fresh.write_text(page if file.suffix == ".html" else svg, encoding="utf-8")
    except OSError as error:
        raise CallerError("chart", file, f"cannot be written ({error})", "name another file") from error


def _title(name: str) -> str:
    return _TITLES.get(name, name.replace("_", " "))


def _line(found: Backtest, name: str) -> list[dict[str, Any]]:
    frontier = found.frontiers[name]
    losses, trades = frontier.points(found.resampling, "net")
    return [
        {_LOSS: loss / 1e8, _TRADE: trade / 1e8, _WHO: _title(name), "scale": scale}
        for loss, trade, scale in zip(losses[0], trades[0], frontier.scales, strict=True)
    ]


def _point(found: Backtest, name: str) -> dict[str, Any]:
    told = figures(found.outcomes[name], found.resampling)
    trade = told["trade_covered_usd"]
    return {
        _LOSS: told["compensated_loss_usd"].value / 1e6,
        _TRADE: trade.value / 1e6,
        "low": trade.low / 1e6,
        "high": trade.high / 1e6,
        _WHO: _title(name),
    }
