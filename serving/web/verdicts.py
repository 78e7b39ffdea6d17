"""Gates and checks of drift as people read them: what each asks, in which unit, and which way its threshold holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from serving.models.registry import Gate, Interval
from serving.web.formats import NONE, Formats
from serving.web.languages import translations
from serving.web.languages import untranslated as _

# Which way a threshold holds: not above it, not below it, or between its reciprocal and it.
Bound = Literal["at_most", "at_least", "around_one"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a gate asks: its title, what is measured, and how the figure is written and held."""

    title: str
    meaning: str
    bound: Bound
    kind: Literal["share", "figure", "count"] = "figure"


GATES = {
    "log_loss_vs_champion": Asked(
        _("Log loss beside the champion"),
        _("how much worse it may be at the interval's upper end, as a share of the champion's"),
        "at_most",
        "share",
    ),
    "auc_vs_champion": Asked(
        _("AUC beside the champion"), _("how far it may fall short at the interval's lower end"), "at_most"
    ),
    "calibrated": Asked(
        _("Calibration out of time"), _("defaults that came for each one expected; the interval counts"), "around_one"
    ),
    "stable": Asked(_("Stability of the score"), _("PSI of out-of-time rows against those fitted on"), "at_most"),
    "reasons_available": Asked(
        _("Reasons to tell"), _("share of the riskiest tenth with a reason in both languages"), "at_least", "share"
    ),
    "labels_mature": Asked(
        _("Mature outcomes"), _("days to spare until the youngest outcome was due"), "at_least", "count"
    ),
    "enough_defaults": Asked(
        _("Enough defaulting buyers"), _("among the out-of-time rows, each counted once"), "at_least", "count"
    ),
}
CHECKS = {
    "score": Asked(_("Distribution of the PD"), _("PSI against the training day"), "at_most"),
    "score_level": Asked(_("Level of the PD"), _("mean PD as a multiple of that at training"), "around_one"),
    "features": Asked(_("Features that moved"), _("share with a PSI above its threshold"), "at_most", "share"),
    "missing": Asked(_("Missing values"), _("largest rise of the share without a value"), "at_most", "share"),
    "calibration": Asked(
        _("Outcomes since training"), _("defaults that came for each one expected; the interval counts"), "around_one"
    ),
}


def shown(gate: Gate, asked: dict[str, Asked], formats: Formats) -> dict[str, Any]:
    """Write a gate out; one that this console has no words for stands by its name.

    Returns:
        title and meaning (marked texts), figure, low and high bounds as written (None where there is none), passed, and
        why where nothing could be measured (in English, as the registry said it).
    """
    words = asked.get(gate.name) or Asked(gate.name, "", "at_most")
    low = {"at_most": None, "at_least": gate.threshold, "around_one": 1 / gate.threshold if gate.threshold else None}
    high = None if words.bound == "at_least" else gate.threshold
    return {
        "title": words.title,
        "meaning": words.meaning,
        "figure": _written(gate.figure, words, formats),
        "low": _bound(low[words.bound], words, formats),
        "high": _bound(high, words, formats),
        "passed": gate.passed,
        "why": gate.told if gate.figure is None else None,
    }


def titles(names: Iterable[str], formats: Formats) -> str:
    """Write the titles of gates in a row."""
    gettext = translations(formats.language).gettext
    return ", ".join(str(gettext(GATES[name].title)) if name in GATES else name for name in names)


def interval(estimate: Interval | None, formats: Formats) -> tuple[str, str] | None:
    """Write a figure and the ends of its interval; None where there is no such figure."""
    if estimate is None or estimate[0] is None:
        return None
    value, low, high = estimate
    return formats.figure(value), "" if low is None else f"{formats.figure(low)} – {formats.figure(high)}"


def _bound(bound: float | None, words: Asked, formats: Formats) -> str | None:
    """Write a threshold, which somebody chose and so has few decimals."""
    if bound is None:
        return None
    return formats.percent(bound) if words.kind == "share" else formats.number(bound)


def _written(figure: float | None, words: Asked, formats: Formats) -> str:
    if figure is None:
        return NONE
    if words.kind == "share":
        return formats.percent(figure)
    return formats.number(figure) if words.kind == "count" else formats.figure(figure)
