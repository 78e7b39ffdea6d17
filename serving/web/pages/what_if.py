"""`/what-if`: two policies side by side on today's book."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import UploadFile

from features.errors import CallerError
from models.policy import FOLDER, Policy, policies
from serving.access.permissions import may, require
from serving.api.service import Served
from serving.limits.trials.figures import Part, Side
from serving.limits.trials.request import ask_for
from serving.limits.trials.trial import Trial, find_trial, list_moves, list_trials
from serving.web.charts.draw import draw
from serving.web.charts.trials import beside_chart
from serving.web.export import export
from serving.web.faults import in_words
from serving.web.formats import Formats
from serving.web.forms import CheckedForm
from serving.web.languages import language_of_page
from serving.web.languages import untranslated as _
from serving.web.pages.asking import ON_TRIAL, comparison_ask_of
from serving.web.pages.buyer_actions import fresh_key
from serving.web.pages.trials import STEPS, largest, moved_columns, moved_row, share
from serving.web.reader import Reader
from serving.web.render import Notice, page
from serving.web.tables import Column, Row, Table, view

router = APIRouter()
_MOST = 20
_LARGEST_FILE = 100_000
REPLAY = "bolanggu what-if --book BOOK --as-of DAY --policy FILE"
TrialId = Annotated[int, Path(ge=1, le=2**63 - 1)]
What = Literal["", "increase", "reduce"]


def _link(row: Row) -> str:
    return f"/what-if/{row['trial_id']}"


_COMPARISONS = (
    Column("trial_id", _("Comparison"), "id", _link),
    Column("policy", _("Policy")),
    Column("against", _("Held against")),
    Column("as_of", _("As known on"), "day"),
    Column("state", _("Status"), "word"),
    Column("asked_by", _("Asked by")),
)
_BESIDE = (
    Column("limits_against", _("Limits, held against"), "usd"),
    Column("limits_policy", _("Limits, policy"), "usd"),
    Column("limits_change", _("Difference"), "usd"),
    Column("covered_change", _("Difference in trade covered"), "usd"),
    Column("compensation_change", _("Difference in compensation"), "usd"),
)
_GRADES = (Column("key", _("Grade"), "word"), *_BESIDE)
_COUNTRIES = (Column("key", _("Country"), "country"), *_BESIDE)
_MOVES = moved_columns(_("Limit, held against"), _("Limit, policy"))


@router.get("/what-if", response_class=HTMLResponse)
async def show_what_if(
    request: Request,
    service: Served,
    reader: Reader,
    edit: Annotated[str, Query(description="version whose text is to be changed for a trial")] = "",
) -> Response:
    """Choose two policies, one of them perhaps on trial; and see the comparisons there were."""
    text = _text_of(edit) if edit else ""
    return await _choosing(request, service, reader, text, ON_TRIAL if edit else policies().versions[0].version)


@router.post("/what-if", response_class=HTMLResponse)
async def compare(request: Request, service: Served, reader: Reader, form: CheckedForm) -> Response:
    """Ask for the comparison; a fault in a policy on trial is told beside its text, which is kept to be mended."""
    require(reader, "compare_policies")
    file = form.get("file")
    uploaded = (await file.read(_LARGEST_FILE)).decode(errors="replace") if isinstance(file, UploadFile) else ""
    try:
        trial = await ask_for(service.pool, reader, comparison_ask_of(form, uploaded))
    except CallerError as error:
        notice = Notice(in_words(str(error), language_of_page(request)) or str(error), is_error=True)
        return await _choosing(
            request, service, reader, uploaded or str(form.get("text", "")), str(form.get("policy", "")), notice
        )
    return RedirectResponse(f"/what-if/{trial.trial_id}", 303)


@router.get("/what-if/{trial_id}", response_class=HTMLResponse)
async def show_comparison(
    request: Request, trial_id: TrialId, service: Served, reader: Reader, what: Annotated[What, Query()] = ""
) -> Response:
    """Show how far a comparison is, then both policies side by side."""
    trial = await find_trial(service.pool, reader, "comparison", trial_id)
    if not trial.sides:
        return page(request, "comparison.html", reader, trial=trial, steps=STEPS, sides=None)
    language = language_of_page(request)
    rows = [moved_row(each, language) for each in await list_moves(service.pool, reader, trial)]
    ours, theirs = trial.sides
    grades, countries = _beside(ours.by_grade, theirs.by_grade), _beside(ours.by_country, theirs.by_country)
    tables = {
        "grades": Table("grades", _GRADES, grades, "key"),
        "countries": Table("countries", _COUNTRIES, countries, "-limits_policy", 12),
        "movers": Table("movers", _MOVES, largest(rows)),
        "changes": Table("changes", _MOVES, [row for row in rows if what in ("", row["change"])], "-change_cents"),
    }
    if (file := export(request, list(tables.values()))) is not None:
        return file
    return page(
        request,
        "comparison.html",
        reader,
        trial=trial,
        steps=STEPS,
        sides=trial.sides,
        names=[_name(each) for each in trial.sides],
        replay=REPLAY,
        figures=_figures(ours, theirs),
        gain=sum(row["change_cents"] > 0 for row in rows),
        lose=sum(row["change_cents"] < 0 for row in rows),
        what=what,
        views={name: view(each, request.query_params, Formats(language).cell) for name, each in tables.items()},
        charts=await draw(
            grades=beside_chart([_bars(each) for each in grades if each["key"] != "none"]),
            totals=beside_chart(_totals(ours, theirs)),
        ),
    )


async def _choosing(
    request: Request, service: Served, reader: Reader, text: str, chosen: str, notice: Notice | None = None
) -> Response:
    made = await list_trials(service.pool, reader, "comparison", most=_MOST)
    table = Table("comparisons", _COMPARISONS, [_comparison(each) for each in made], "-trial_id")
    return export(request, [table]) or page(
        request,
        "what_if.html",
        reader,
        notice=notice,
        status=422 if notice else 200,
        versions=policies().versions,
        in_force=policies().versions[-1].version,
        on_trial=ON_TRIAL,
        replay=REPLAY,
        chosen=chosen,
        text=text,
        view=view(table, request.query_params, Formats(language_of_page(request)).cell),
        may_compare=may(reader, "compare_policies"),
        key=fresh_key(),
    )


def _text_of(version: str) -> str:
    """Give the text of a policy on file, to be changed for a trial.

    Raises:
        ConfigError: there is none of that name.
    """
    known: Policy = policies().version(version)
    return (FOLDER / f"{known.version}.yaml").read_text(encoding="utf-8")


def _comparison(trial: Trial) -> dict[str, Any]:
    ours, theirs = (each.get("version") or ON_TRIAL for each in trial.policies)
    return {
        "trial_id": trial.trial_id,
        "policy": ours,
        "against": theirs,
        "as_of": trial.as_of,
        "state": f"compared_{trial.status}",
        "asked_by": trial.asked_by,
    }


def _name(side: Side) -> tuple[str, bool]:
    return side.policy_version, side.is_on_trial


def _beside(ours: Sequence[Part], theirs: Sequence[Part]) -> list[dict[str, Any]]:
    """Put the parts of both sides beside each other by key; a part that one lacks is empty there."""
    left, right = ({part.key: part for part in parts} for parts in (ours, theirs))
    return [_difference(key, left.get(key), right.get(key)) for key in sorted(left.keys() | right.keys())]


def _difference(key: str, ours: Part | None, theirs: Part | None) -> dict[str, Any]:
    known = ours or theirs
    assert known is not None, "one side has the part"
    none = replace(known, after_cents=0, covered_cents=0, compensation_cents=0)
    policy, against = ours or none, theirs or none
    return {
        "key": key,
        "limits_policy": policy.after_cents,
        "limits_against": against.after_cents,
        "limits_change": policy.after_cents - against.after_cents,
        "covered_change": policy.covered_cents - against.covered_cents,
        "compensation_change": policy.compensation_cents - against.compensation_cents,
    }


def _figures(ours: Side, theirs: Side) -> list[tuple[str, str, float | None, float | None, float | None]]:
    """Give what both come to: title, kind, the policy's figure, the other's, and the difference."""
    return [
        (title, kind, mine, other, None if mine is None or other is None else mine - other)
        for title, kind, mine, other in (
            (_("Limits together"), "usd", ours.total.after_cents, theirs.total.after_cents),
            (_("Buyers with a limit"), "number", ours.total.limits, theirs.total.limits),
            (_("Expected trade covered"), "usd", ours.total.covered_cents, theirs.total.covered_cents),
            (_("Expected compensation"), "usd", ours.total.compensation_cents, theirs.total.compensation_cents),
            (_("Compensation within the trade"), "share", _loss(ours), _loss(theirs)),
            (_("Value at risk"), "usd", ours.value_at_risk_cents, theirs.value_at_risk_cents),
            (_("Tail (shortfall)"), "usd", ours.expected_shortfall_cents, theirs.expected_shortfall_cents),
        )
    ]


def _loss(side: Side) -> float | None:
    return share(side.total.compensation_cents, side.total)


def _bars(row: dict[str, Any]) -> dict[str, Any]:
    return {"key": row["key"], "before": row["limits_against"], "after": row["limits_policy"]}


def _totals(ours: Side, theirs: Side) -> list[dict[str, Any]]:
    """Give the bars of compensation, value at risk and shortfall, numbered as the legend names them."""
    pairs = (
        ("1", theirs.total.compensation_cents, ours.total.compensation_cents),
        ("2", theirs.value_at_risk_cents, ours.value_at_risk_cents),
        ("3", theirs.expected_shortfall_cents, ours.expected_shortfall_cents),
    )
    return [{"key": key, "before": before, "after": after} for key, before, after in pairs]
