"""`/buyers/{buyer_id}`: all that is known of a buyer on a day, on one page."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from models.policy import policies
from models.reasons import Language
from serving.access.permissions import may
from serving.access.principal import Principal
from serving.api.service import Served, Service
from serving.buyers.dossier import Dossier, read_dossier
from serving.buyers.search import Found
from serving.desk.notes import list_notes
from serving.web.charts.buyer import behaviour_chart, due_chart, limit_chart, pd_chart
from serving.web.charts.draw import Rows, draw
from serving.web.export import export
from serving.web.formats import Formats
from serving.web.languages import language_of_page
from serving.web.pages.asking import dollars
from serving.web.pages.buyer_actions import fresh_key
from serving.web.pages.buyer_tables import tables_of
from serving.web.reader import Reader
from serving.web.render import page
from serving.web.said import said
from serving.web.tables import view

router = APIRouter()
MONTHS = 24
_ALIKE, _MOST_ALIKE = 85.0, 6
FIRST_DAY = date(2020, 1, 1)
_ACTIONS = ("request_limit", "override_limit", "suspend_cover", "restore_limit", "write_note")

Day = Annotated[date | None, Query(ge=FIRST_DAY, le=date(2099, 12, 31))]


@router.get("/buyers/{buyer_id}", response_class=HTMLResponse)
async def show_buyer(request: Request, buyer_id: str, service: Served, reader: Reader, as_of: Day = None) -> Response:
    """Show a buyer as known at the end of a day, today by default."""
    today = datetime.now(UTC).date()
    day = None if as_of is None or as_of >= today else as_of
    known = await read_dossier(service.pool, reader, buyer_id, day)
    tables = tables_of(known)
    if (file := export(request, list(tables.values()))) is not None:
        return file
    formats = Formats(language_of_page(request))
    return page(
        request,
        "buyer.html",
        reader,
        notice=said(request),
        buyer=known,
        today=today,
        first_day=FIRST_DAY,
        is_past=day is not None,
        limit=_limit(known),
        reasons=reasons_of(known, formats.language),
        views={name: view(table, request.query_params, formats.cell) for name, table in tables.items()},
        charts=await _charts(known),
        similar=await _similar(service, reader, known),
        months=MONTHS,
        actions=set() if day is not None else {action for action in _ACTIONS if may(reader, action)},
        key=fresh_key(),
        notes=[each for each in await list_notes(service.pool, reader, buyer_id) if each.recorded_at < known.known_at],
        **_terms(today),
    )


def reasons_of(known: Dossier, language: Language) -> list[dict[str, Any]]:
    """Write out why the limit is as it is, the weightiest reason first, for underwriters."""
    return [
        {"text": each.text(language, "underwriter"), "weight": each.weight, "code": each.code, "edifact": each.edifact}
        for each in known.limit.explained(known.as_of)
    ]


def _limit(known: Dossier) -> dict[str, Any]:
    amount = known.limit.amount_on(known.as_of)
    return {
        "cents": amount,
        "dollars": dollars(amount),
        "status": known.limit.status_word,
        "headroom": max(amount - known.limit.exposure_cents, 0),
        "used": known.limit.exposure_cents / amount if amount else None,
    }


def _terms(today: date) -> dict[str, Any]:
    """Give what the forms need: who may decide up to which amount, and the days that they offer."""
    return {
        "authority": {each.level: each.up_to for each in policies().at(today).authority},
        "tomorrow": today + timedelta(days=1),
        "in_half_a_year": today + timedelta(days=182),
        "next_year": today + timedelta(days=365),
    }


async def _charts(known: Dossier) -> dict[str, Any]:
    behaviour: Rows = [
        {"month": month, "how": how, "cents": cents} for month, how, cents in known.trade.behaviour(MONTHS)
    ]
    due: Rows = [
        {"week": week, "cents": cents, "is_overdue": is_overdue}
        for week, cents, is_overdue in known.trade.owed_by_week()
    ]
    told: Rows = [{"day": each.valid_from, "pd": each.pd} for each in reversed(known.history) if each.pd is not None]
    return await draw(
        behaviour=behaviour_chart(behaviour),
        due=due_chart(due),
        limit=limit_chart(_steps(known)),
        pd=pd_chart(told if len(told) > 1 else []),  # one alone is no history
    )


def _steps(known: Dossier) -> Rows:
    """Give the limit's versions as steps by the day on which each began; one alone is no history."""
    begun = sorted(
        (each for each in known.history if each.valid_from <= known.as_of and each.status != "restored"),
        key=lambda each: (each.valid_from, each.limit_id),
    )
    if len(begun) < 2:
        return []
    steps: Rows = [{"day": each.valid_from, "cents": each.amount_cents, "source": each.source} for each in begun]
    return [*steps, {**steps[-1], "day": known.as_of}]


async def _similar(service: Service, reader: Principal, known: Dossier) -> list[Found]:
    """Find other buyers of names like this one's, as known then: they may be the same."""
    if known.newest is None:
        return []
    found = await service.finder.search(
        reader, known.newest.name, most=_MOST_ALIKE + len(known.members), known_at=known.known_at
    )
    others = [each for each in found if each.buyer_id not in known.members and each.score >= _ALIKE]
    return others[:_MOST_ALIKE]
