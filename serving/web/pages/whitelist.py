"""`/whitelist`: candidates with their evidence and what the higher rate would cost; approve, decline, end."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from models.policy import BASIS_POINTS, policies
from serving.access.permissions import may
from serving.api.service import Served
from serving.errors import NotFoundError
from serving.web.export import export
from serving.web.formats import Formats
from serving.web.forms import CheckedForm
from serving.web.languages import language_of_page
from serving.web.languages import untranslated as _
from serving.web.pages.asking import standing_word_of
from serving.web.pages.buyer_actions import fresh_key
from serving.web.reader import Reader
from serving.web.render import page
from serving.web.said import done, said
from serving.web.tables import Column, Kind, Row, Table, view
from serving.whitelist.standing import Candidate, decide_standing, list_candidates

router = APIRouter()
_MOST = 5_000
_SHOWN = ("candidate", "whitelisted", "not_yet", "excluded")

# What the values of each criterion are.
_KINDS: dict[str, Kind] = {
    "tenure_days": "number",
    "trade": "usd",
    "documents_share": "share",
    "claims_share": "share",
    "loss_share": "share",
    "buyer_pd": "share",
    "dispute_share": "share",
    "top_buyer_share": "share",
}


def _evidence_link(row: Row) -> str:
    return f"/whitelist/{row['exporter_id']}"


_COLUMNS = (
    Column("name", _("Exporter"), link=_evidence_link),
    Column("exporter_id", _("Id")),
    Column("status", _("Finding"), "word"),
    Column("standing", _("Standing"), "word"),
    Column("missing", _("Criteria not met"), "number"),
    Column("extra_compensation_cents", _("Expected cost a year"), "usd"),
    Column("last_decided_by", _("Last word by")),
)


@router.get("/whitelist", response_class=HTMLResponse)
async def show_whitelist(
    request: Request,
    service: Served,
    reader: Reader,
    only: Annotated[Literal["candidate", "whitelisted", "not_yet", "excluded"], Query()] = "candidate",
) -> Response:
    """Show exporters by what the last review found, candidates first."""
    found = await list_candidates(service.pool, reader, most=_MOST)
    table = Table("exporters", _COLUMNS, [_row(each) for each in found if _group(each) == only], "name")
    formats = Formats(language_of_page(request))
    return export(request, [table]) or page(
        request,
        "whitelist.html",
        reader,
        notice=said(request),
        counts=Counter(_group(each) for each in found),
        shown=_SHOWN,
        only=only,
        reviewed=max((each.as_of for each in found), default=None),
        cost=sum(each.extra_compensation_cents for each in found if _group(each) == only),
        view=view(table, request.query_params, formats.cell),
    )


@router.get("/whitelist/{exporter_id}", response_class=HTMLResponse)
async def show_candidate(request: Request, exporter_id: str, service: Served, reader: Reader) -> Response:
    """Show the evidence on one exporter, criterion by criterion."""
    found = await list_candidates(service.pool, reader, most=_MOST)
    candidate = next((each for each in found if each.exporter_id == exporter_id), None)
    if candidate is None:
        raise NotFoundError("exporter", exporter_id, "was looked at by no review", "run `bolanggu review-whitelist`")
    rates = policies().version(candidate.policy_version).compensation_rate
    return page(
        request,
        "candidate.html",
        reader,
        notice=said(request),
        exporter=candidate,
        evidence=[_evidence(each, Formats(language_of_page(request))) for each in candidate.criteria],
        rates={"standard": rates.standard / BASIS_POINTS, "whitelisted": rates.whitelisted / BASIS_POINTS},
        may_decide=may(reader, "decide_standing"),
        may_approve=candidate.status == "candidate" or (candidate.status == "not_yet" and reader.role == "senior"),
        key=fresh_key(),
    )


@router.post("/whitelist/{exporter_id}")
async def rule_on_standing(exporter_id: str, service: Served, reader: Reader, form: CheckedForm) -> Response:
    """Approve, decline or end."""
    word = standing_word_of(form)
    await decide_standing(service.pool, reader, exporter_id, word)
    return done(f"/whitelist/{quote(exporter_id, safe='')}", "declined" if word.verdict == "decline" else "standing")


def _group(candidate: Candidate) -> str:
    return "whitelisted" if candidate.standing == "whitelisted" else candidate.status


def _row(candidate: Candidate) -> dict[str, Any]:
    missing = sum(bool(each["missing"]) for each in candidate.criteria)
    return asdict(candidate) | {"name": candidate.name or candidate.exporter_id, "missing": missing}


def _evidence(criterion: dict[str, Any], formats: Formats) -> dict[str, Any]:
    """Write a criterion out: what is shown, what is needed, and whether that is met."""
    writers: dict[Kind, Callable[[int], str]] = {
        "number": formats.number,
        "usd": formats.usd,
        "share": lambda bp: formats.percent(bp / BASIS_POINTS),
    }
    write = writers[_KINDS[criterion["name"]]]
    value = criterion["value"]
    return {
        "name": criterion["name"],
        "value": formats.number(None) if value is None else write(value),
        "needed": write(criterion["needed"]),
        "at_least": criterion["at_least"],
        "is_met": not criterion["missing"],
    }
