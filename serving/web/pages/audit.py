"""`/audit`: who did what, when, to what, and what it changed; for those who may read the trail."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from features.errors import CallerError
from serving.access.trail import Filters, RecordedAct, list_audit
from serving.api.service import Served
from serving.spreadsheets import FileKind, spreadsheet
from serving.web.acts import ACTIONS, SUBJECTS, changes, subject, subject_link, title
from serving.web.formats import YIWU, Formats
from serving.web.languages import language_of_page, translations
from serving.web.languages import untranslated as _
from serving.web.reader import Reader
from serving.web.render import page
from serving.web.words import word

router = APIRouter()
_PAGE, _MOST_IN_A_FILE = 50, 100_000
_TITLES = (_("When"), _("Who"), _("Role"), _("What"), _("Subject"), _("Id"), _("Why"), _("Before"), _("After"))
Text = Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Day = Annotated[str, Query(pattern=r"^$|^(19|20|21)\d\d-\d\d-\d\d$")]


@router.get("/audit", response_class=HTMLResponse)
async def show_audit(
    request: Request,
    service: Served,
    reader: Reader,
    who: Text = "",
    action: Text = "",
    kind: Text = "",
    subject_id: Text = "",
    since: Day = "",
    until: Day = "",
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    export: Annotated[FileKind | None, Query()] = None,
) -> Response:
    """Show a page of the trail, newest first, or give all that the filters leave as a file."""
    formats = Formats(language_of_page(request))
    # Days are China's, as all times on the console are; the last day is one of those that are wanted.
    ends = None if not until else _start(until) + timedelta(days=1)
    begins = None if not since else _start(since)
    filters = Filters(who or None, action or None, kind or None, subject_id or None, begins, ends)
    if export is not None:
        found = await list_audit(service.pool, reader, filters, most=_MOST_IN_A_FILE + 1)
        return _file(found, export, formats)
    found = await list_audit(service.pool, reader, filters, before, _PAGE + 1)
    asked = {"who": who, "action": action, "kind": kind, "subject_id": subject_id, "since": since, "until": until}
    asked = {name: value for name, value in asked.items() if value}
    more = {"before": str(found[_PAGE - 1].audit_id)} if len(found) > _PAGE else None
    return page(
        request,
        "audit.html",
        reader,
        acts=[_shown(each, formats) for each in found[:_PAGE]],
        asked=asked,
        is_first=before is None,
        first=f"?{urlencode(asked)}",
        older=None if more is None else f"?{urlencode(asked | more)}",
        files={name: f"?{urlencode(asked | {'export': kind})}" for name, kind in (("CSV", "csv"), ("Excel", "xlsx"))},
        actions=sorted(((name, title(name, formats)) for name in ACTIONS), key=lambda each: each[1]),
        subjects=[(name, subject(name, formats)) for name in SUBJECTS],
    )


def _shown(act: RecordedAct, formats: Formats) -> dict[str, Any]:
    changed, stood = changes(act, formats)
    return {
        "act": act,
        "title": title(act.action, formats),
        "subject": subject(act.subject, formats),
        "link": subject_link(act),
        "changed": changed,
        "stood": stood,
    }


def _file(found: list[RecordedAct], kind: FileKind, formats: Formats) -> Response:
    """Write acts as a file, whole or not at all.

    Raises:
        CallerError: they are more than a file holds.
    """
    if len(found) > _MOST_IN_A_FILE:
        cause = f"leave more than {_MOST_IN_A_FILE:,} acts, which one file does not hold"
        raise CallerError("filters", None, cause, "narrow the days and take several files")
    gettext = translations(formats.language).gettext
    rows = [_cells(act, formats) for act in found]
    instants = ["yyyy-mm-dd hh:mm:ss", *[None] * (len(_TITLES) - 1)]
    return spreadsheet("bolanggu-audit", kind, [str(gettext(each)) for each in _TITLES], rows, instants)


def _cells(act: RecordedAct, formats: Formats) -> list[Any]:
    changed, stood = changes(act, formats)
    return [
        act.recorded_at.astimezone(YIWU).replace(tzinfo=None),
        act.who,
        word(act.role, formats.language),
        title(act.action, formats),
        subject(act.subject, formats),
        act.subject_id,
        act.reason,
        "; ".join(f"{each.name}: {each.before}" for each in (*changed, *stood) if each.before is not None),
        "; ".join(f"{each.name}: {each.after}" for each in changed),
    ]


def _start(day: str) -> datetime:
    """Give the instant at which a day begins in China.

    Raises:
        CallerError: it is no day.
    """
    try:
        found = date.fromisoformat(day)
    except ValueError as error:
        raise CallerError("day", day, "is no day", "choose one, as in 2027-01-31") from error
    return datetime(found.year, found.month, found.day, tzinfo=YIWU)
