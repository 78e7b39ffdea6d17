"""The charts of a buyer's page; amounts come as US cents and are drawn in thousands of dollars.

A chart bears digits only. What it shows, its unit and its legend stand in the page beside it: there they can be read
aloud and translated, and measuring Chinese glyphs costs more than drawing all the rest.
"""

import altair as alt
import pandas as pd

from serving.web.charts.draw import Chart, Rows, sized, sketched
from serving.web.charts.palette import BLUE, GREEN, GREY, ORANGE, RED, VIOLET

HOW_PAID = {"on_time": GREEN, "late": ORANGE, "very_late": VIOLET, "unpaid": RED}
SET_BY = {"model": BLUE, "underwriter": ORANGE, "event": RED}
_THOUSAND_DOLLARS = 100_000
_MOST_LABELS = 10


@sketched
def behaviour_chart(months: Rows) -> Chart | None:
    """Draw how what fell due in each month was paid; rows of `month`, `how` (see HOW_PAID) and `cents`."""
    if not months:
        return None
    place = {how: number for number, how in enumerate(HOW_PAID)}
    frame = pd.DataFrame(
        {**each, "amount": each["cents"] / _THOUSAND_DOLLARS, "place": place[each["how"]]} for each in months
    )
    return sized(
        alt.Chart(frame)
        .mark_bar()
        .encode(x=_bars(frame, "month"), y=_amount(), color=_coloured("how", HOW_PAID), order="place:Q")
    )


@sketched
def limit_chart(steps: Rows) -> Chart | None:
    """Draw the limit by day as steps; rows of `day`, `cents` and `source` (see SET_BY), the last twice."""
    if not steps:
        return None
    frame = pd.DataFrame(
        {"day": each["day"], "amount": each["cents"] / _THOUSAND_DOLLARS, "source": each["source"]} for each in steps
    )
    line = alt.Chart(frame).mark_line(interpolate="step-after", strokeWidth=2, color=GREY)
    points = alt.Chart(frame.iloc[:-1]).mark_point(filled=True, size=70, opacity=1)
    return sized(
        line.encode(x=_days(), y=_amount()) + points.encode(x=_days(), y=_amount(), color=_coloured("source", SET_BY))
    )


@sketched
def pd_chart(told: Rows) -> Chart | None:
    """Draw the PD of each assessment; rows of `day` and `pd`."""
    if not told:
        return None
    frame = pd.DataFrame({"day": each["day"], "pd": each["pd"]} for each in told)
    shown = alt.Y("pd:Q", title=None, axis=alt.Axis(format=".1%", tickCount=5), scale=alt.Scale(zero=True))
    dots = alt.OverlayMarkDef(filled=True, size=60, color=BLUE)
    return sized(alt.Chart(frame).mark_line(color=BLUE, strokeWidth=2, point=dots).encode(x=_days(), y=shown))


@sketched
def due_chart(weeks: Rows) -> Chart | None:
    """Draw what is owed by when it is due; rows of `week` (its first day), `cents` and `is_overdue`."""
    if not weeks:
        return None
    frame = pd.DataFrame(
        {
            "week": each["week"],
            "amount": each["cents"] / _THOUSAND_DOLLARS,
            "state": "overdue" if each["is_overdue"] else "due",
        }
        for each in weeks
    )
    colour = _coloured("state", {"overdue": RED, "due": BLUE})
    return sized(alt.Chart(frame).mark_bar().encode(x=_bars(frame, "week"), y=_amount(), color=colour))


def _amount() -> alt.Y:
    return alt.Y("amount:Q", title=None, axis=alt.Axis(tickCount=5), scale=alt.Scale(zero=True))


def _days() -> alt.X:
    return alt.X("day:T", title=None, axis=alt.Axis(format="%Y-%m", tickCount=5, grid=False))


def _bars(frame: pd.DataFrame, column: str) -> alt.X:
    """Name only some of many bars: each name costs time and room."""
    every = -(-frame[column].nunique() // _MOST_LABELS)
    named = sorted(frame[column].unique())[::every]
    return alt.X(f"{column}:O", title=None, axis=alt.Axis(values=named, labelAngle=-45, grid=False))


def _coloured(column: str, colours: dict[str, str]) -> alt.Color:
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color(f"{column}:N", scale=scale, legend=None)
