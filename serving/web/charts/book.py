"""The charts of the book's page; amounts come as US cents and are drawn in thousands of dollars."""

import altair as alt
import pandas as pd

from serving.web.charts.draw import Chart, Rows, sized, sketched
from serving.web.charts.palette import BLUE, GREEN, GREY, RED

_THOUSAND_DOLLARS = 100_000
USED = {"exposure": BLUE, "headroom": GREY}
YEARLY = {"losses": RED, "compensated": BLUE, "recovered": GREEN}


@sketched
def grades_chart(grades: Rows) -> Chart | None:
    """Draw what is outstanding and what is left, by grade; rows of `grade`, `exposure` and `headroom` (US cents)."""
    rows = [
        {"grade": each["grade"], "what": what, "amount": each[what] / _THOUSAND_DOLLARS, "place": place}
        for each in grades
        for place, what in enumerate(USED)
    ]
    return _stacked(rows, "grade", USED) if rows else None


@sketched
def years_chart(years: Rows) -> Chart | None:
    """Draw losses, compensation and recoveries beside each other, by year; rows of `year` and YEARLY's names."""
    rows = [
        {"year": str(each["year"]), "what": what, "amount": each[what] / _THOUSAND_DOLLARS}
        for each in years
        for what in YEARLY
    ]
    if not rows:
        return None
    chart = alt.Chart(pd.DataFrame(rows)).mark_bar()
    return sized(
        chart.encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, grid=False)),
            xOffset=alt.XOffset("what:N", sort=list(YEARLY)),
            y=alt.Y("amount:Q", title=None, axis=alt.Axis(tickCount=5)),
            color=_coloured(YEARLY),
        )
    )


def _stacked(rows: Rows, column: str, colours: dict[str, str]) -> Chart:
    return sized(
        alt.Chart(pd.DataFrame(rows))
        .mark_bar()
        .encode(
            x=alt.X(f"{column}:O", title=None, axis=alt.Axis(labelAngle=0, grid=False)),
            y=alt.Y("amount:Q", title=None, axis=alt.Axis(tickCount=5)),
            color=_coloured(colours),
            order="place:Q",
        )
    )


def _coloured(colours: dict[str, str]) -> alt.Color:
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color("what:N", scale=scale, legend=None)
