"""From a chart to SVG that may stand in a page: without style of its own, and with names that no other chart has."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, wraps
from typing import Any

import altair as alt
import pandas as pd
import vl_convert
from anyio import create_task_group, to_thread
from markupsafe import Markup

from serving.web.charts.palette import GRID

# A page's charts are few and most pages are looked at more than once: what was drawn is kept.
_KEPT = 512
HEIGHT, WIDTH = 190, 560
_NAME = re.compile(r'(\bid="|url\(#)([\w-]+)')
# The page forbids style within, and says itself what a chart shows: marks with roles but no names say nothing.
_DROPPED = re.compile(r'\s(?:style|role|aria-[a-z]+)="[^"]*"')
_BACK = re.compile(r'<rect width="[\d.]+" height="[\d.]+" fill="(?:white|transparent)"/>')

Chart = alt.Chart | alt.LayerChart | alt.VConcatChart
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sketch:
    """A chart that is still to be made: how, and of which rows (as JSON, by which it is known again)."""

    make: Callable[[Rows], Chart | None]
    rows: str


def sketched(make: Callable[[Rows], Chart | None]) -> Callable[[Rows], Sketch]:
    """Put off the making of a chart, which costs more than all the rest of most pages: the same rows make it once."""

    @wraps(make)
    def sketch(rows: Rows) -> Sketch:
        return Sketch(make, json.dumps(rows, default=_written))

    return sketch


async def draw(**charts: Sketch) -> dict[str, Markup | None]:
    """Draw the charts of a page, off the event loop; None is where there is nothing to draw."""
    drawn: dict[str, Markup | None] = dict.fromkeys(charts)

    async def one(name: str, chart: Sketch) -> None:
        drawn[name] = await to_thread.run_sync(made, chart)

    async with create_task_group() as group:
        for name, chart in charts.items():
            group.start_soon(one, name, chart)
    return drawn


@lru_cache(maxsize=_KEPT)
def made(sketch: Sketch) -> Markup | None:
    """Make and draw one chart; None where its rows give nothing to draw."""
    chart = sketch.make(json.loads(sketch.rows))
    return None if chart is None else svg(chart)


def _written(value: object) -> str:
    assert isinstance(value, date), "rows hold plain values and days"
    return value.isoformat()


def warm_up() -> None:
    """Start the drawing engine, which takes a second, before the first reader waits for it."""
    svg(alt.Chart(pd.DataFrame({"x": [0]})).mark_point().encode(x="x:Q"))


def sized(chart: alt.Chart | alt.LayerChart) -> Chart:
    """Give a chart the size that all have; the page makes it fit."""
    made: Chart = chart.properties(width=WIDTH, height=HEIGHT)
    return made


def svg(chart: Chart) -> Markup:
    """Draw one chart."""
    # Not held against the schema, which takes as long as making the chart: charts are of our own making.
    specification = json.dumps(_quiet(chart).to_dict(validate=False), sort_keys=True, default=str)
    text = str(vl_convert.vegalite_to_svg(specification))
    own = hashlib.sha256(specification.encode()).hexdigest()[:10]
    text = _NAME.sub(lambda found: f"{found[1]}{own}-{found[2]}", _BACK.sub("", text))
    return Markup(_DROPPED.sub("", text))  # noqa: S704 - drawn here, from a specification that escapes its texts


def _quiet(chart: Chart) -> Chart:
    """Leave away what the page itself tells, and draw thin."""
    configured: Chart = (
        chart.configure(aria=False, background="transparent", font="sans-serif")
        .configure_view(strokeWidth=0)
        .configure_axis(
            grid=True,
            gridColor=GRID,
            domain=False,
            tickColor=GRID,
            labelFontSize=12,
            labelPadding=6,
        )
    )
    return configured
