"""`/buyers`: finding a buyer by any spelling, id, registration number or country."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from features.countries import countries
from serving.api.service import Served
from serving.web.export import export
from serving.web.formats import Formats
from serving.web.languages import language_of_page
from serving.web.languages import untranslated as _
from serving.web.reader import Reader
from serving.web.render import page
from serving.web.tables import Column, Row, Table, view

router = APIRouter()


def buyer_link(row: Row) -> str:
    """Lead from a row to its buyer's page."""
    return f"/buyers/{row['buyer_id']}"


_COLUMNS = (
    Column("name", _("Buyer"), link=buyer_link),
    Column("known_as", _("Found as")),
    Column("country", _("Country"), "country"),
    Column("registration_no", _("Registration no.")),
    Column("buyer_id", _("Id")),
    Column("grade", _("Grade")),
    Column("status", _("Status"), "word"),
    Column("amount_cents", _("Limit"), "usd"),
    Column("exposure_cents", _("Exposure"), "usd"),
    Column("score", _("Likeness"), "number"),
)


@router.get("/buyers", response_class=HTMLResponse)
async def find_buyers(
    request: Request,
    service: Served,
    reader: Reader,
    query: Annotated[str, Query(max_length=200)] = "",
    country: Annotated[str, Query(pattern="^([A-Z]{2})?$")] = "",
) -> Response:
    """Show who is near what was typed, the nearest first."""
    formats = Formats(language_of_page(request))
    asked = bool(query.strip() or country)
    found = await service.finder.search(reader, query, country or None) if asked else []
    rows = [{column.key: getattr(each, column.key) for column in _COLUMNS} for each in found]
    table = Table("buyers", _COLUMNS, rows)
    return export(request, [table]) or page(
        request,
        "buyers.html",
        reader,
        query=query,
        country=country,
        asked=asked,
        countries=_named_countries(formats),
        view=view(table, request.query_params, formats.cell),
    )


def _named_countries(formats: Formats) -> list[tuple[str, str]]:
    """Give codes with names to choose from, by name; codes that only some users assign have none."""
    named = ((code, formats.country(code)) for code in countries())
    return sorted((each for each in named if each[0] != each[1]), key=lambda each: each[1])
