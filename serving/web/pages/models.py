"""`/models`: the champion, what wants its place, who wants it there, and how the champion's population moved."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from models.policy import policies
from serving.access.permissions import may
from serving.access.principal import Principal
from serving.api.models import shelf_of
from serving.api.service import Served
from serving.models.ask import ask_rollback, decide_change
from serving.models.changes import Change
from serving.models.registry import Turn
from serving.models.shelf import ModelOnShelf, Shelf, ask_for_look, ask_for_reading
from serving.portfolio.book import Book, read_book
from serving.web.export import export
from serving.web.formats import Formats
from serving.web.forms import CheckedForm
from serving.web.languages import language_of_page
from serving.web.languages import untranslated as _
from serving.web.pages.asking import change_ask_of, change_word_of
from serving.web.pages.buyer_actions import fresh_key
from serving.web.reader import Reader
from serving.web.render import page
from serving.web.said import done, said
from serving.web.tables import Column, Row, Table, view
from serving.web.verdicts import CHECKS, shown, titles

router = APIRouter()
_OPEN = ("waiting", "confirmed")


def model_link(row: Row) -> str:
    """Lead to a version's page."""
    return f"/models/{row['version']}"


_COLUMNS = (
    Column("version", _("Version"), link=model_link),
    Column("place", _("Place"), "word"),
    Column("kind", _("Kind"), "word"),
    Column("trained_as_of", _("Trained as known on"), "day"),
    Column("auc", _("AUC"), "figure"),
    Column("log_loss", _("Log loss"), "figure"),
    Column("brier", _("Brier score"), "figure"),
    Column("gain", _("Less the champion's"), "figure"),
    Column("gates", _("Gates passed")),
)


@router.get("/models", response_class=HTMLResponse)
async def show_models(request: Request, service: Served, reader: Reader) -> Response:
    """Show what is in use, what lies on the shelf beside it, and what waits for a person."""
    shelf = await shelf_of(service, reader)
    table = Table("versions", _COLUMNS, [_row(each) for each in shelf.models], "", 12)
    if (file := export(request, [table])) is not None:
        return file
    formats = Formats(language_of_page(request))
    champion = next((each for each in shelf.models if each.place == "champion"), None)
    history = shelf.kept.reading.history if shelf.kept else ()
    return page(
        request,
        "models.html",
        reader,
        notice=said(request),
        shelf=shelf,
        champion=champion,
        definition=champion.definition if champion else {},
        since=in_use_since(history, champion),
        challengers=sum(each.place == "challenger" for each in shelf.models),
        open_changes=[told(each, reader) for each in shelf.changes if each.status in _OPEN],
        past_changes=[each for each in shelf.changes if each.status not in _OPEN],
        history=tuple(reversed(history)),
        drift=_drift(shelf, formats),
        grades=_grades(await read_book(service.pool, reader)),
        view=view(table, request.query_params, formats.cell),
        previous=shelf.kept.reading.previous if shelf.kept else None,
        may_ask=may(reader, "ask_rollback"),
        may_work=shelf.has_registry and may(reader, "read_registry"),
        is_busy=is_busy(shelf),
        gate_titles=partial(titles, formats=formats),
        key=fresh_key(),
    )


@router.post("/models/reading")
async def read_again(service: Served, reader: Reader, form: CheckedForm) -> Response:
    """Have the registry read anew."""
    assert form is not None, "the form bears the token"
    await ask_for_reading(service.pool, reader)
    return done("/models", "reading")


@router.post("/models/drift")
async def look_again(service: Served, reader: Reader, form: CheckedForm) -> Response:
    """Have the champion's drift looked at."""
    assert form is not None, "the form bears the token"
    await ask_for_look(service.pool, reader)
    return done("/models", "looking")


@router.post("/models/rollback")
async def roll_back(service: Served, reader: Reader, form: CheckedForm) -> Response:
    """Ask for the version before the champion."""
    await ask_rollback(service.pool, reader, change_ask_of(form))
    return done("/models", "asked_change")


@router.post("/models/changes/{change_id}")
async def decide(
    change_id: Annotated[int, Path(ge=1, le=2**63 - 1)], service: Served, reader: Reader, form: CheckedForm
) -> Response:
    """Confirm, decline or withdraw a change."""
    word = change_word_of(form)
    await decide_change(service.pool, reader, change_id, word)
    return done("/models", f"change_{word.verdict}")


def told(change: Change, reader: Principal) -> dict[str, Any]:
    """Tell of a change what its reader needs to decide it, and what of it is theirs to do."""
    is_mine, may_decide = change.asked_by == reader.name, may(reader, "decide_model_change")
    return {
        "change": change,
        "failed": change.judged.failed if change.judged else (),
        "is_mine": is_mine,
        "may_decline": may_decide and not is_mine,
        "may_confirm": may_decide and change.may_be_confirmed_by(reader),
    }


def is_busy(shelf: Shelf) -> bool:
    """Tell whether something is under way that the page is to tell of when it is done."""
    is_carried_out = any(each.status == "confirmed" for each in shelf.changes)
    return shelf.has_registry and (is_carried_out or any(each.is_due for each in shelf.work.values()))


def in_use_since(history: tuple[Turn, ...], model: ModelOnShelf | None) -> Turn | None:
    """Give the turn that put a version into use last."""
    return next((turn for turn in reversed(history) if model is not None and turn.version == model.version), None)


def _row(model: ModelOnShelf) -> dict[str, Any]:
    registered, judged = model.registered, model.judged
    chosen = registered.figures.get(registered.run["chosen"] or registered.kind, {}) if registered else {}
    gain = judged.comparison.gains["log_loss"][0] if judged and judged.comparison else None
    passed = f"{len(judged.gates) - len(judged.failed)} / {len(judged.gates)}" if judged and judged.gates else None
    return {
        "version": model.version,
        "place": model.place,
        "kind": model.kind,
        "trained_as_of": model.trained_as_of,
        **{name: chosen[name][0] if name in chosen else None for name in ("auc", "log_loss", "brier")},
        "gain": gain,
        "gates": passed,
    }


def _drift(shelf: Shelf, formats: Formats) -> dict[str, Any] | None:
    """Write the newest look at the champion out; None where nobody looked yet."""
    if not shelf.looks:
        return None
    look = shelf.looks[0]
    return {
        "look": look,
        "is_of_champion": shelf.kept is None or look.found.version == shelf.kept.reading.champion,
        "checks": [shown(each, CHECKS, formats) for each in look.found.checks],
    }


def _grades(book: Book) -> list[dict[str, Any]]:
    """Set the bounds of each grade beside the share of buyers that has it."""
    rated = sum(each.buyers for each in book.by_grade if each.key != "none")
    held = {each.key: each.buyers for each in book.by_grade}
    return [
        {
            "name": grade.name,
            "max_pd": grade.max_pd,
            "buyers": (buyers := held.get(grade.name, 0)),
            "share": buyers / rated,
        }
        for grade in policies().version(book.policy_version).grades
        if rated
    ]
