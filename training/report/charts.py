"""The report's charts: altair to SVG. Words on them are in both languages, for a chart is drawn once."""

import math
from collections.abc import Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd
import vl_convert

from models.profile import SCORE, Shift
from training.calibration import Group
from training.judgement import Origin
from training.judging import Vector
from training.maturity import LagCurve
from training.report.facts import Effect

_BLUE, _GREY, _ORANGE = "#1f5fa8", "#9aa5b1", "#c26a1b"
_FONT = "'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',system-ui,sans-serif"
_MOST_LAG_DAYS, _FEATURES = 60, 18
_SHARE = alt.Axis(format="%")


def reliability(groups: Sequence[Group]) -> str:
    """Draw the default rate with its interval against the mean PD, tenth by tenth, beside the diagonal."""
    rows = [_point(each) for each in groups]
    most = max(max(row["high"], row["pd"]) for row in rows) * 1.05
    line = alt.Chart(pd.DataFrame({"pd": [0, most], "rate": [0, most]})).mark_line(color=_GREY, strokeDash=[4, 4])
    base = alt.Chart(pd.DataFrame(rows))
    x = alt.X("pd:Q", title="预测违约率 predicted PD", axis=_SHARE)
    y = alt.Y("rate:Q", title="实际违约率 default rate", axis=_SHARE)
    bars = base.mark_rule(color=_BLUE, strokeWidth=1.5).encode(x=x, y=alt.Y("low:Q", title=""), y2="high:Q")
    dots = base.mark_point(color=_BLUE, filled=True, size=60, opacity=1).encode(x=x, y=y)
    return _svg(alt.layer(line.encode(x=x, y=y), bars, dots), 420, 300)


def lift(shares: Vector, caught: Vector) -> str:
    """Draw the share of defaults among the riskiest so many rows, beside chance."""
    rows = pd.DataFrame({"share": shares, "caught": caught})
    x = alt.X("share:Q", title="风险最高的买方占比 riskiest share of rows", axis=_SHARE)
    y = alt.Y("caught:Q", title="捕获的违约占比 defaults among them", axis=_SHARE)
    base = alt.Chart(rows)
    chance = base.mark_line(color=_GREY, strokeDash=[4, 4]).encode(x=x, y=alt.Y("share:Q", title=""))
    return _svg(alt.layer(chance, base.mark_line(color=_BLUE, strokeWidth=2.5).encode(x=x, y=y)), 420, 300)


def origins(found: Sequence[Origin], chosen: str) -> str:
    """Draw the AUC of the chosen model and of the scorecard from each origin, with intervals."""
    shown = [name for name in dict.fromkeys((chosen, "scorecard")) if name in found[0].judgement.figures]
    rows = [
        {"from": each.split.cut.isoformat(), "model": name, "auc": told.value, "low": told.low, "high": told.high}
        for each in found
        for name in shown
        for told in [each.judgement.figures[name]["auc"]]
        if not math.isnan(told.value)
    ]
    base = alt.Chart(pd.DataFrame(rows, columns=["from", "model", "auc", "low", "high"]))
    colour = alt.Color("model:N", title=None, scale=alt.Scale(domain=shown, range=[_BLUE, _ORANGE][: len(shown)]))
    x, offset = alt.X("from:O", title="起点 origin", axis=alt.Axis(labelAngle=0)), alt.XOffset("model:N", sort=shown)
    scale = alt.Scale(zero=False)
    bars = base.mark_rule(strokeWidth=1.5).encode(
        x=x, xOffset=offset, y=alt.Y("low:Q", title="AUC", scale=scale), y2="high:Q", color=colour
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=x, xOffset=offset, y=alt.Y("auc:Q", title="AUC", scale=scale), color=colour
    )
    return _svg(alt.layer(bars, dots), 420, 240)


def stability(found: Sequence[Shift]) -> str:
    """Draw the stability index of the score and of the features that moved most, with the usual marks."""
    rows = [{"name": "PD (score)" if each.name == SCORE else each.name, "psi": each.psi} for each in found[:_FEATURES]]
    base = alt.Chart(pd.DataFrame(rows))
    names = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=260))
    shade = alt.condition(alt.datum.psi > 0.25, alt.value(_ORANGE), alt.value(_BLUE))
    bars = base.mark_bar(height=11).encode(y=names, x=alt.X("psi:Q", title="PSI"), color=shade)
    marks = alt.Chart(pd.DataFrame({"psi": [0.1, 0.25]})).mark_rule(color=_GREY, strokeDash=[4, 4]).encode(x="psi:Q")
    return _svg(alt.layer(bars, marks), 420, 20 * len(rows))


def lags(curves: Sequence[LagCurve]) -> str:
    """Draw what share of each kind of fact is recorded within so many days."""
    rows = [
        {"fact": curve.fact.replace("_", " "), "days": day, "share": share}
        for curve in curves
        for day, share in zip(curve.days, curve.share, strict=True)
        if day <= _MOST_LAG_DAYS
    ]
    base = alt.Chart(pd.DataFrame(rows, columns=["fact", "days", "share"])).mark_line(interpolate="step-after")
    return _svg(
        base.encode(
            x=alt.X("days:Q", title="天 days"),
            y=alt.Y("share:Q", title="已登记占比 recorded by then", axis=_SHARE),
            color=alt.Color("fact:N", title=None),
        ),
        420,
        220,
    )


def effects(found: Sequence[Effect]) -> str:
    """Draw the contribution to the log-odds against the value of each of the largest features."""
    each = [_effect(effect) for effect in found]
    return _svg(alt.concat(*each, columns=3, spacing=24), None, None)


def _effect(effect: Effect) -> alt.Chart:
    rows = pd.DataFrame({"value": effect.values, "moved": effect.moved})
    line = alt.Chart(rows).mark_line(color=_BLUE, point=alt.OverlayMarkDef(color=_BLUE, size=24))
    kind: Literal["symlog", "linear"] = "symlog" if max(map(abs, effect.values)) > 1000 else "linear"
    written = ".0%" if effect.feature.unit.startswith("share") else "~s"
    axis = alt.Axis(format=written, tickCount=4, labelOverlap=True)
    drawn: alt.Chart = line.encode(
        x=alt.X("value:Q", title=effect.feature.unit, scale=alt.Scale(type=kind, zero=False, nice=False), axis=axis),
        y=alt.Y("moved:Q", title=None, axis=alt.Axis(tickCount=4)),
    ).properties(width=230, height=120, title=effect.feature.name)
    return drawn


def _point(group: Group) -> dict[str, float]:
    return {"pd": group.mean_pd, "rate": group.rate.value, "low": group.rate.low, "high": group.rate.high}


def _svg(chart: Any, width: int | None, height: int | None) -> str:  # noqa: ANN401 - any of altair's charts
    if width is not None:
        chart = chart.properties(width=width, height=height)
    styled = chart.configure(font=_FONT, background="transparent").configure_view(stroke=None)
    svg: str = vl_convert.vegalite_to_svg(styled.configure_axis(gridColor="#e6eaef", titleFontWeight=500).to_json())
    return svg
