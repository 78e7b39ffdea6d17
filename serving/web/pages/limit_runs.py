"""`/limit-runs`: ask for the preview of a limit run, look at what it would change, release it."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from serving.access.permissions import may
from serving.api.service import Served
from serving.limits.trials.asks import PreviewAsk
from serving.limits.trials.basis import Stale
from serving.limits.trials.figures import Part
from serving.limits.trials.release import release, takes, why_stale
from serving.limits.trials.request import ask_for
from serving.limits.trials.trial import Trial, find_trial, list_moves, list_trials
from serving.web.charts.draw import draw
from serving.web.charts.trials import beside_chart
from serving.web.export import export
from serving.web.formats import Formats
from serving.web.forms import CheckedForm
from serving.web.languages import language_of_page
from serving.web.languages import untranslated as _
from serving.web.pages.asking import preview_ask_of, release_ask_of
from serving.web.pages.buyer_actions import fresh_key
from serving.web.pages.trials import STEPS, largest, moved_columns, moved_row, share
from serving.web.reader import Reader
from serving.web.render import page
from serving.web.said import done, said
from serving.web.tables import Column, Row, Table, view

router = APIRouter()
_MOST = 50
RunId = Annotated[int, Path(ge=1, le=2**63 - 1)]
What = Literal["", "new", "increase", "reduce", "cancel"]

STALE: dict[Stale, str] = {
    "day_over": _("Its day is over: limits begin on the day of the run, and notice is counted from it."),
    "policy_changed": _("Another policy is in force now."),
    "model_changed": _("Another model is in use now."),
    "appetite_changed": _("The appetite was calibrated anew."),
    "run_since": _("Another run put limits into force since."),
    "persons_since": _("A person set or ended a limit since."),
    "standings_since": _("An exporter's standing changed since."),
    "merges_since": _("Buyers were merged or split since."),
    "facts_late": _("Facts from before it reached the book since."),
    "facts_unweighed": _("A notice or claim on a buyer whose limit it raises is not weighed yet; look again shortly."),
}


def _run_link(row: Row) -> str:
    return f"/limit-runs/{row['trial_id']}"


_RUNS = (
    Column("trial_id", _("Run"), "id", _run_link),
    Column("as_of", _("As known on"), "day"),
    Column("state", _("Status"), "word"),
    Column("before_cents", _("Limits before"), "usd"),
    Column("after_cents", _("Limits after"), "usd"),
    Column("asked_by", _("Asked by")),
    Column("recorded_at", _("Asked at"), "instant"),
    Column("released_by", _("Released by")),
)
_COUNTS = (
    Column("buyers", _("Buyers"), "number"),
    Column("new", _("New"), "number"),
    Column("increased", _("Raised"), "number"),
    Column("reduced", _("Lowered"), "number"),
    Column("ended", _("Ended"), "number"),
    Column("before_cents", _("Limits before"), "usd"),
    Column("after_cents", _("Limits after"), "usd"),
    Column("covered_cents", _("Expected trade covered"), "usd"),
    Column("compensation_cents", _("Expected compensation"), "usd"),
)
_GRADES = (Column("key", _("Grade"), "word"), *_COUNTS)
_COUNTRIES = (Column("key", _("Country"), "country"), *_COUNTS)
_MOVERS = moved_columns(_("Limit before"), _("Limit after"))
_CHANGES = (*_MOVERS, Column("valid_from", _("From"), "day"))


@router.get("/limit-runs", response_class=HTMLResponse)
async def show_runs(request: Request, service: Served, reader: Reader) -> Response:
    """Show the previews and releases there were, and ask for another."""
    runs = await list_trials(service.pool, reader, "preview", most=_MOST)
    table = Table("runs", _RUNS, [_run_row(each) for each in runs], "-trial_id")
    seen = view(table, request.query_params, Formats(language_of_page(request)).cell)
    return export(request, [table]) or page(
        request,
        "limit_runs.html",
        reader,
        notice=said(request),
        view=seen,
        may_preview=may(reader, "preview_limits"),
        may_compare=may(reader, "compare_policies"),
        key=fresh_key(),
    )


@router.post("/limit-runs")
async def ask_for_run(service: Served, reader: Reader, form: CheckedForm) -> RedirectResponse:
    """Ask for the preview of a run as known today."""
    ask: PreviewAsk = preview_ask_of(form)
    trial = await ask_for(service.pool, reader, ask)
    return RedirectResponse(f"/limit-runs/{trial.trial_id}", 303)


@router.get("/limit-runs/{run_id}", response_class=HTMLResponse)
async def show_run(
    request: Request, run_id: RunId, service: Served, reader: Reader, what: Annotated[What, Query()] = ""
) -> Response:
    """Show how far a preview is, then what it would change, and release it there."""
    trial = await find_trial(service.pool, reader, "preview", run_id)
    if not trial.sides:
        return page(request, "limit_run.html", reader, trial=trial, steps=STEPS, side=None)
    moves = await list_moves(service.pool, reader, trial)
    rows = [moved_row(each, language_of_page(request)) for each in moves]
    side, language = trial.sides[0], language_of_page(request)
    tables = {
        "grades": Table("grades", _GRADES, [asdict(each) for each in side.by_grade], "key"),
        "countries": Table("countries", _COUNTRIES, [asdict(each) for each in side.by_country], "-after_cents", 12),
        "movers": Table("movers", _MOVERS, largest(rows)),
        "changes": Table("changes", _CHANGES, [row for row in rows if what in ("", row["change"])], "-change_cents"),
    }
    if (file := export(request, list(tables.values()))) is not None:
        return file
    stale = (
        [] if trial.status != "ready" else await why_stale(service.pool, reader, run_id, service.home, service.in_use())
    )
    return page(
        request,
        "limit_run.html",
        reader,
        notice=said(request),
        trial=trial,
        steps=STEPS,
        side=side,
        what=what,
        loss_share=share(side.total.compensation_cents, side.total),
        tail_share=share(side.expected_shortfall_cents, side.total),
        stale=[STALE[each] for each in stale],
        needs=await takes(service.pool, trial),
        may_release=may(reader, "release_limits") and reader.name != trial.asked_by,
        is_mine=reader.name == trial.asked_by,
        views={name: view(each, request.query_params, Formats(language).cell) for name, each in tables.items()},
        charts=await draw(grades=beside_chart([_bars(each) for each in side.by_grade if each.key != "none"])),
    )


@router.post("/limit-runs/{run_id}/release")
async def release_run(run_id: RunId, service: Served, reader: Reader, form: CheckedForm) -> RedirectResponse:
    """Put exactly what was shown into force."""
    ask = release_ask_of(form)
    await release(service.pool, reader, run_id, ask, service.home, service.in_use())
    return done(f"/limit-runs/{run_id}", "released")


def _run_row(trial: Trial) -> dict[str, Any]:
    total = trial.sides[0].total if trial.sides else None
    return {
        "trial_id": trial.trial_id,
        "as_of": trial.as_of,
        "state": f"run_{trial.status}",
        "before_cents": total and total.before_cents,
        "after_cents": total and total.after_cents,
        "asked_by": trial.asked_by,
        "recorded_at": trial.recorded_at,
        "released_by": trial.released_by,
    }


def _bars(part: Part) -> dict[str, Any]:
    return {"key": part.key, "before": part.before_cents, "after": part.after_cents}
