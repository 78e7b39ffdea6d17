"""Making the page: the run's facts and charts into the template, every text in both languages."""

import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from features.errors import CallerError, DataError
from features.files import replace_file
from features.snapshot.version import feature_version
from training.comparison import Incumbent, against
from training.dataset import Dataset
from training.fingerprint import code_version
from training.gates import gates
from training.judging import FIGURES
from training.report import charts, facts
from training.thresholds import GateThresholds
from training.train import Trained

_FOLDER = Path(__file__).parent


def page(trained: Trained, champion: Incumbent | DataError | None) -> str:
    """Write the report of a run as one HTML page; `#en` in its address opens it in English.

    Args:
        trained: the run.
        champion: the version in use, why it cannot be compared with, or None where there is none yet.
    """
    shares, caught = facts.lift(trained)
    moved, ranked = facts.shifts(trained), facts.effects(trained)
    compared = against(trained.bundle, trained.evidence, champion)
    return (
        _environment()
        .get_template("page.html")
        .render(
            trained=trained,
            config=trained.config,
            ripeness=trained.ripeness,
            chosen=trained.contest.chosen,
            best=trained.judgement.figures[trained.contest.chosen],
            figures=list(FIGURES),
            level=facts.level(trained),
            gates=gates(trained.bundle, trained.evidence, compared, GateThresholds()),
            parts=_parts(trained),
            shifts=moved,
            segments=facts.segments(trained),
            effects=ranked,
            comparison=compared,
            severity=trained.bundle.severity,
            lift_tenth=caught[10],
            lift_fifth=caught[20],
            code_version=code_version(),
            feature_version=feature_version(),
            charts={
                "lags": Markup(charts.lags(trained.ripeness.curves)),  # noqa: S704 - our own drawing
                "origins": Markup(charts.origins(trained.origins, trained.contest.chosen)),  # noqa: S704
                "lift": Markup(charts.lift(shares, caught)),  # noqa: S704
                "reliability": Markup(charts.reliability(trained.calibration.reliability)),  # noqa: S704
                "stability": Markup(charts.stability(moved)),  # noqa: S704
                "effects": Markup(charts.effects(facts.drawn(ranked))) if facts.drawn(ranked) else "",  # noqa: S704
            },
        )
    )


def write_page(html: str, file: Path) -> None:
    """Write a report, whole or not at all.

    Raises:
        CallerError: the file cannot be written.
    """
    try:
        with replace_file(file) as fresh:
            fresh.write_text(html, encoding="utf-8")
    except OSError as error:
        raise CallerError("report", file, f"cannot be written ({error})", "name another file") from error


@cache
def texts() -> dict[str, Any]:
    """Read every text, once."""
    read: dict[str, Any] = yaml.safe_load((_FOLDER / "texts.yaml").read_text(encoding="utf-8"))
    return read


def _parts(trained: Trained) -> list[tuple[str, tuple[object, ...], Dataset | None]]:
    split = trained.split
    return [
        ("fitted_first", split.train, trained.train),
        ("between", split.between, None),
        ("judged", split.test, trained.test),
    ]


def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
    environment.tests["nan"] = math.isnan
    environment.globals |= {
        "t": _both,
        "plain": lambda key: f"{texts()[key]['zh']} / {texts()[key]['en']}",
        "texts": texts(),
        "buyers": lambda rows: len(np.unique(rows.groups)),
        "count": lambda number: f"{number:,}",
        "percent": lambda share: f"{share:.1%}",
        "short": lambda value: f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}",
        "fixed": lambda value, digits: f"{value:.{digits}f}",
    }
    return environment


def _both(key: str, **told: object) -> Markup:
    """Write a text in both languages; the page shows one of them. A value that is a text's key is told likewise."""
    spans = []
    for language in ("zh", "en"):
        words = {name: _word(value, language) for name, value in told.items()}
        spans.append(Markup('<span lang="{}">{}</span>').format(language, texts()[key][language].format(**words)))
    return Markup("").join(spans)


def _word(value: object, language: str) -> str:
    known = texts().get(value) if isinstance(value, str) else None
    return str(value) if known is None else str(known[language])
