"""`/models/VERSION`: how good a version is, how it stands against the gates, its report, and asking for it in use."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from serving.access.permissions import may
from serving.api.models import model_of, report_page, shelf_of
from serving.api.service import Served
from serving.models.ask import ask_promotion
from serving.models.changes import VersionName
from serving.models.registry import Comparison, Version
from serving.models.shelf import read_report
from serving.web.formats import Formats
from serving.web.forms import CheckedForm
from serving.web.languages import language_of_page
from serving.web.languages import untranslated as _
from serving.web.pages.asking import promotion_ask_of
from serving.web.pages.buyer_actions import fresh_key
from serving.web.pages.models import in_use_since, is_busy, told
from serving.web.reader import Reader
from serving.web.render import page
from serving.web.said import done, said
from serving.web.verdicts import GATES, interval, shown, titles

router = APIRouter()
InPath = Annotated[VersionName, Path()]

FIGURES = {
    "auc": _("AUC"),
    "average_precision": _("Average precision"),
    "brier": _("Brier score"),
    "log_loss": _("Log loss"),
}
_RESTS_ON = {
    "book_sha256": _("Book (SHA-256)"),
    "config_sha256": _("Configuration (SHA-256)"),
    "code_version": _("Program"),
    "feature_version": _("Definition of features"),
}
# In which order models are shown beside each other.
_BESIDE = ("constant", "scorecard", "lightgbm", "blend")


@router.get("/models/{version}", response_class=HTMLResponse)
async def show_model(request: Request, version: InPath, service: Served, reader: Reader) -> Response:
    """Show one version."""
    shelf = await shelf_of(service, reader)
    model = model_of(shelf.models, version)
    formats = Formats(language_of_page(request))
    history = shelf.kept.reading.history if shelf.kept else ()
    last = in_use_since(history, model)
    judged = model.judged
    gates = judged.gates if judged else last.gates if last else ()
    return page(
        request,
        "model.html",
        reader,
        notice=said(request),
        shelf=shelf,
        model=model,
        registered=model.registered,
        figures=FIGURES,
        beside=_beside(model.registered, formats) if model.registered else [],
        comparison=judged.comparison if judged else None,
        compared=_compared(judged.comparison, formats) if judged and judged.comparison else [],
        judged=judged,
        gates=[shown(each, GATES, formats) for each in gates],
        judged_at=model.judged_at if judged else last.at if last else None,
        failed=judged.failed if judged else (),
        turns=[each for each in reversed(history) if each.version == version],
        changes=[told(each, reader) for each in shelf.changes if each.version == version],
        is_open=any(each.version == version and each.status in ("waiting", "confirmed") for each in shelf.changes),
        may_ask=may(reader, "ask_promotion"),
        is_busy=is_busy(shelf),
        gate_titles=partial(titles, formats=formats),
        rests_on=_RESTS_ON,
        key=fresh_key(),
    )


@router.get("/models/{version}/report")
async def show_report(version: InPath, service: Served, reader: Reader) -> Response:
    """Show the report of a version's training, as a document of its own that may run nothing."""
    return report_page(await read_report(service.pool, reader, version))


@router.post("/models/{version}/promotion")
async def promote(version: InPath, service: Served, reader: Reader, form: CheckedForm) -> Response:
    """Ask for the version to be put into use."""
    await ask_promotion(service.pool, reader, version, promotion_ask_of(form))
    return done(f"/models/{version}", "asked_change")


def _beside(registered: Version, formats: Formats) -> list[dict[str, Any]]:
    """Set the models of a training beside each other: name, whether it was chosen, each figure with its interval."""
    chosen = registered.run.get("chosen") or registered.kind
    return [
        {
            "name": name,
            "is_chosen": name == chosen,
            "figures": {figure: interval(registered.figures[name].get(figure), formats) for figure in FIGURES},
        }
        for name in sorted(registered.figures, key=lambda name: _BESIDE.index(name) if name in _BESIDE else 99)
    ]


def _compared(found: Comparison, formats: Formats) -> list[dict[str, Any]]:
    """Set a version and the champion beside each other, figure by figure."""
    return [
        {
            "title": title,
            "ours": interval(found.challenger.get(figure), formats),
            "theirs": interval(found.champion.get(figure), formats),
            "gain": interval(found.gains.get(figure), formats),
        }
        for figure, title in FIGURES.items()
        if figure in found.gains
    ]
