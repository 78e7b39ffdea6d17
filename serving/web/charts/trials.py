"""The charts of limit runs and comparisons; amounts come as US cents and are drawn in thousands of dollars."""

import altair as alt
import pandas as pd

from serving.web.charts.draw import Chart, Rows, sized, sketched
from serving.web.charts.palette import BLUE, GREY

_THOUSAND_DOLLARS = 100_000
BESIDE = {"before": GREY, "after": BLUE}


@sketched
def beside_chart(parts: Rows) -> Chart | None:
    """Draw two amounts beside each other for each part of the book; rows of `key`, `before` and `after` (US cents)."""
    rows = [
        {"key": each["key"], "what": what, "amount": each[what] / _THOUSAND_DOLLARS}
        for each in parts
        for what in BESIDE
    ]
    if not rows:
        return None
    scale = alt.Scale(domain=list(BESIDE), range=list(BESIDE.values()))
    return sized(
        alt.Chart(pd.DataFrame(rows))
        .mark_bar()
        .encode(
            x=alt.X("key:O", title=None, sort=None, axis=alt.Axis(labelAngle=0, grid=False)),
            xOffset=alt.XOffset("what:N", sort=list(BESIDE)),
            y=alt.Y("amount:Q", title=None, axis=alt.Axis(tickCount=5)),
            color=alt.Color("what:N", scale=scale, legend=None),
        )
    )
