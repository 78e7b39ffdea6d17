"""`/claims`: losses that exporters report, the rule's word on each, and what is decided and recovered."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from features.money import Money
from models.policy import BASIS_POINTS
from serving.access.permissions import may, require
from serving.api.service import Served
from serving.book.traces import read_order
from serving.buyers.dossier import newest_names
from serving.ledger.claims import FiledClaim, decide_claim, find_claim, list_claims, recover
from serving.ledger.cover import compensation_minor, programme_share_minor
from serving.ledger.lookup import Life, find_cover
from serving.web.export import export
from serving.web.formats import Formats
from serving.web.forms import CheckedForm
from serving.web.languages import language_of_page
from serving.web.languages import untranslated as _
from serving.web.pages.asking import claim_decision_of, recovery_of
from serving.web.pages.buyer_actions import fresh_key
from serving.web.pages.buyer_tables import claim_link, order_link
from serving.web.pages.buyers import buyer_link
from serving.web.reader import Reader
from serving.web.render import page
from serving.web.said import done, said
from serving.web.tables import Column, Table, view

router = APIRouter()
_MOST = 2_000
Only = Literal["waiting", "decided"]


_CLAIMS = (
    Column("claim_id", _("Claim"), "id", claim_link),
    Column("name", _("Buyer"), link=buyer_link),
    Column("order_id", _("Order"), "id", order_link),
    Column("filed_on", _("Filed"), "day"),
    Column("loss", _("Loss"), "money"),
    Column("documents", _("Documents"), "word"),
    Column("outcome", _("Outcome"), "word"),
    Column("decided_on", _("Decided"), "day"),
)


@router.get("/claims", response_class=HTMLResponse)
async def show_claims(
    request: Request, service: Served, reader: Reader, only: Annotated[Only, Query()] = "waiting"
) -> Response:
    """Show the claims that wait for a decision, the oldest first, or those that were decided."""
    require(reader, "list_claims")
    now = datetime.now(UTC)
    found = await list_claims(service.pool, now, is_open=only == "waiting", most=_MOST)
    names = await newest_names(service.pool, [each.buyer_id for each in found if each.buyer_id])
    formats = Formats(language_of_page(request))
    rows = [_row(each, names) for each in found]
    table = Table("claims", _CLAIMS, rows, "filed_on" if only == "waiting" else "-decided_on")
    return export(request, [table]) or page(
        request,
        "claims.html",
        reader,
        notice=said(request),
        only=only,
        view=view(table, request.query_params, formats.cell),
    )


@router.get("/claims/{claim_id}", response_class=HTMLResponse)
async def show_claim(request: Request, claim_id: str, service: Served, reader: Reader) -> Response:
    """Show a claim: loss, documents, what the rule pays, the cover's life; decide it there, and record recoveries."""
    require(reader, "get_claim")
    now = datetime.now(UTC)
    claim = await find_claim(service.pool, claim_id, now)
    (order, _events), life = await asyncio.gather(
        read_order(service.pool, reader, claim.order_id), _life(service, claim, now)
    )
    names = await newest_names(service.pool, [claim.buyer_id] if claim.buyer_id else [])
    cover = None if life is None else life.cover
    # A claim that was withdrawn may have made room for another on its cover, which has its own page.
    stands = cover is not None and cover.claim is not None and cover.claim.event_id == claim_id
    is_open = cover is not None and stands and cover.state == "claimed"
    return page(
        request,
        "claim.html",
        reader,
        notice=said(request),
        claim=claim,
        order=order,
        life=life,
        name=names.get(claim.buyer_id or "", claim.buyer_id),
        rate=None if cover is None else cover.rate_bp / BASIS_POINTS,
        would_pay=compensation_minor(cover) if cover is not None and is_open else None,
        programmes_share=programme_share_minor(cover) if cover is not None else None,
        left=None if cover is None else cover.left_minor,
        is_open=is_open,
        may_decide=may(reader, "decide_claim") and is_open,
        may_recover=may(reader, "recover") and cover is not None and stands and cover.state == "compensated",
        today=now.date(),
        key=fresh_key(),
    )


@router.post("/claims/{claim_id}/decision")
async def decide(claim_id: str, service: Served, reader: Reader, form: CheckedForm) -> RedirectResponse:
    """Accept or reject a claim, or note that it was withdrawn."""
    decision = claim_decision_of(form)
    await decide_claim(service.pool, reader, claim_id, decision)
    return done(f"/claims/{quote(claim_id, safe='')}", f"claim_{decision.outcome}")


@router.post("/claims/{claim_id}/recoveries")
async def add_recovery(claim_id: str, service: Served, reader: Reader, form: CheckedForm) -> RedirectResponse:
    """Record money from the buyer after compensation."""
    claim = await find_claim(service.pool, claim_id, datetime.now(UTC))
    await recover(service.pool, reader, claim_id, recovery_of(form, claim.currency))
    return done(f"/claims/{quote(claim_id, safe='')}", "recovered")


async def _life(service: Served, claim: FiledClaim, now: datetime) -> Life | None:
    """Find the cover; a claim that came with a book from before the ledger has none."""
    return None if claim.cover_id is None else await find_cover(service.pool, claim.cover_id, now)


def _row(claim: FiledClaim, names: dict[str, str]) -> dict[str, Any]:
    return {
        "claim_id": claim.claim_id,
        "buyer_id": claim.buyer_id,
        "name": names.get(claim.buyer_id or "", claim.buyer_id),
        "order_id": claim.order_id,
        "filed_on": claim.filed_on,
        "loss": Money(claim.loss_minor, claim.currency),
        "documents": "complete" if claim.is_fast_track else "incomplete",
        "outcome": claim.outcome or "waiting",
        "decided_on": claim.decided_on,
    }
