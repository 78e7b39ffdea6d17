"""`/orders/…`, `/covers/…`, `/exporters/…`: what figures are made of, down to the entries of the ledger."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from models.policy import BASIS_POINTS
from serving.api.service import Served, Service
from serving.book.traces import BookOrder, read_exporter, read_names, read_order
from serving.errors import NotFoundError
from serving.ledger.lookup import CheckedOrder, Life, find_cover, find_order_check
from serving.web.export import export
from serving.web.formats import Formats
from serving.web.languages import language_of_page
from serving.web.languages import untranslated as _
from serving.web.pages.buyers import buyer_link
from serving.web.reader import Reader
from serving.web.render import page
from serving.web.tables import Column, Table, view

router = APIRouter()

_BUYERS = (
    Column("name", _("Buyer"), link=buyer_link),
    Column("orders", _("Orders"), "number"),
    Column("last_on", _("Last order"), "day"),
    Column("covers", _("Covers"), "number"),
    Column("exposure_cents", _("Exposure"), "usd"),
)


@router.get("/covers/{cover_id}")
async def show_cover(cover_id: Annotated[int, Path(ge=1, le=2**63 - 1)], service: Served, reader: Reader) -> Response:
    """Lead to the cover's order, where its whole life stands."""
    assert reader is not None, "nobody reads without signing in"
    life = await find_cover(service.pool, cover_id, datetime.now(UTC))
    return RedirectResponse(f"/orders/{quote(life.cover.order_id, safe='')}", 303)


@router.get("/orders/{order_id}", response_class=HTMLResponse)
async def show_order(request: Request, order_id: str, service: Served, reader: Reader) -> Response:
    """Show an order: what was asked and answered, what the answer followed from, and everything that came after."""
    order, events = await read_order(service.pool, reader, order_id)
    check, life = await _check_of(service, order_id)
    if order is None and check is None:
        raise NotFoundError("order", order_id, "is neither in the book nor in the ledger", "look for it at its buyer")
    buyer, exporter = await _names_of(service, order, check)
    language = language_of_page(request)
    reasons = [] if check is None else check.answer.explained("underwriter")
    return page(
        request,
        "order.html",
        reader,
        order_id=order_id,
        buyer=buyer,
        exporter=exporter,
        order=order,
        events=events,
        check=check,
        rate=None if check is None else check.rate_bp / BASIS_POINTS,
        reasons=[each.text(language, "underwriter") for each in reasons],
        life=life,
    )


@router.get("/exporters/{exporter_id}", response_class=HTMLResponse)
async def show_exporter(request: Request, exporter_id: str, service: Served, reader: Reader) -> Response:
    """Show an exporter: its standing, what is outstanding for it, and its buyers."""
    record = await read_exporter(service.pool, reader, exporter_id)
    table = Table("buyers", _BUYERS, record.buyers, "-exposure_cents")
    seen = view(table, request.query_params, Formats(language_of_page(request)).cell)
    return export(request, [table]) or page(request, "exporter.html", reader, exporter=record, view=seen)


async def _names_of(service: Service, order: BookOrder | None, check: CheckedOrder | None) -> tuple[str, str]:
    """Name an order's buyer and exporter: as the book's order does, else as they are called now; ids at the worst."""
    if order is not None:
        return order.buyer or order.buyer_id, order.exporter or order.exporter_id
    assert check is not None, "one of both is there"
    return await read_names(service.pool, check.buyer_id, check.exporter_id)


async def _check_of(service: Service, order_id: str) -> tuple[CheckedOrder | None, Life | None]:
    """Find the order's check (after a referral the second one) and the life of its cover."""
    now = datetime.now(UTC)
    try:
        first, cleared = await find_order_check(service.pool, order_id, now)
    except NotFoundError:
        return None, None  # traded without cover: the book alone knows it
    cover_id = first.cover_id or (cleared.cover_id if cleared else None)
    return first, None if cover_id is None else await find_cover(service.pool, cover_id, now)
