"""`/book`: exposure, headroom and expected loss, concentration, what changed, and the programme's year."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.service import Served
from serving.buyers.dossier import newest_names
from serving.portfolio.book import Book, Slice, read_book
from serving.portfolio.change import Change, read_change
from serving.portfolio.signals import CountryLateness, read_lateness
from serving.portfolio.year import SHOWN_YEARS, ProgrammeYear, programme_year
from serving.web.charts.book import grades_chart, years_chart
from serving.web.charts.draw import draw
from serving.web.export import export
from serving.web.formats import Formats
from serving.web.languages import language_of_page
from serving.web.languages import untranslated as _
from serving.web.pages.buyer_tables import exporter_link
from serving.web.pages.buyers import buyer_link
from serving.web.reader import Reader
from serving.web.render import page
from serving.web.said import said
from serving.web.tables import Column, Row, Table, view

router = APIRouter()
_LARGEST, _TOP = 50, 10


def _country_link(row: Row) -> str:
    return f"/buyers?country={row['key']}"


_PARTS = (
    Column("buyers", _("Buyers"), "number"),
    Column("limit_cents", _("Limits"), "usd"),
    Column("exposure_cents", _("Exposure"), "usd"),
    Column("headroom_cents", _("Headroom"), "usd"),
    Column("expected_loss_cents", _("Expected loss"), "usd"),
    Column("expected_compensation_cents", _("Expected compensation"), "usd"),
)
_COUNTRIES = (
    Column("key", _("Country"), "country", _country_link),
    *_PARTS[:-1],
    Column("late_share", _("Late"), "share"),
    Column("used", _("Ceiling used"), "share"),
)
_GRADES = (Column("key", _("Grade"), "word"), *_PARTS)
_EXPORTERS = (
    Column("name", _("Exporter"), link=exporter_link),
    Column("standing", _("Standing"), "word"),
    Column("exposure_cents", _("Exposure"), "usd"),
    Column("buyers", _("Buyers"), "number"),
    Column("top_buyer_share", _("On its largest buyer"), "share"),
    Column("expected_loss_cents", _("Expected loss"), "usd"),
    Column("expected_compensation_cents", _("Expected compensation"), "usd"),
    Column("used", _("Ceiling used"), "share"),
)
_BUYERS = (
    Column("name", _("Buyer"), link=buyer_link),
    Column("country", _("Country"), "country"),
    Column("grade", _("Grade")),
    Column("pd", _("PD"), "share"),
    Column("limit_cents", _("Limit"), "usd"),
    Column("exposure_cents", _("Exposure"), "usd"),
    Column("share", _("Share"), "share"),
)
_MOVERS = (
    Column("name", _("Buyer"), link=buyer_link),
    Column("grade_before", _("Grade then")),
    Column("grade_after", _("Grade now")),
    Column("before_cents", _("Limit then"), "usd"),
    Column("after_cents", _("Limit now"), "usd"),
    Column("change_cents", _("Change"), "usd"),
)
_YEARS = (
    Column("year", _("Year"), "text"),
    Column("covered_cents", _("Covered"), "usd"),
    Column("trade_cents", _("Sold on credit"), "usd"),
    Column("claims_processed", _("Claims processed"), "number"),
    Column("losses_cents", _("Losses reported"), "usd"),
    Column("compensated_cents", _("Compensated"), "usd"),
    Column("recovered_cents", _("Recovered"), "usd"),
)


@router.get("/book", response_class=HTMLResponse)
async def show_book(request: Request, service: Served, reader: Reader) -> Response:
    """Show the whole book as it stands."""
    this_year = datetime.now(UTC).year
    book, change, lateness = await asyncio.gather(
        read_book(service.pool, reader, _LARGEST, service.in_use()),
        read_change(service.pool, reader),
        read_lateness(service.pool, reader),
    )
    years = await asyncio.gather(
        *(programme_year(service.pool, reader, this_year - back, service.trade) for back in range(SHOWN_YEARS))
    )
    names = await newest_names(service.pool, [each.identity_id for each in book.largest])
    tables = _tables(book, change, years, names, lateness)
    if (file := export(request, list(tables.values()))) is not None:
        return file
    formats = Formats(language_of_page(request))
    top = sum(line.exposure_cents for line in book.largest[:_TOP])
    return page(
        request,
        "book.html",
        reader,
        notice=said(request),
        book=book,
        change=change,
        year=years[0],
        top=_TOP,
        top_share=top / book.total.exposure_cents if book.total.exposure_cents else None,
        views={name: view(table, request.query_params, formats.cell) for name, table in tables.items()},
        charts=await draw(
            grades=grades_chart(
                [
                    {"grade": each.key, "exposure": each.exposure_cents, "headroom": each.headroom_cents}
                    for each in book.by_grade
                    if each.key != "none"
                ]
            ),
            years=years_chart([_year(each) for each in reversed(years)]),
        ),
    )


def _year(year: ProgrammeYear) -> dict[str, Any]:
    amounts = {"losses": year.losses_cents, "compensated": year.compensated_cents, "recovered": year.recovered_cents}
    return {"year": year.year, **amounts}


def _tables(
    book: Book, change: Change, years: list[ProgrammeYear], names: dict[str, str], lateness: dict[str, CountryLateness]
) -> dict[str, Table]:
    total = book.total.exposure_cents
    largest = [
        asdict(line)
        | {
            "buyer_id": line.identity_id,
            "name": names.get(line.identity_id, line.identity_id),
            "share": line.exposure_cents / total if total else None,
        }
        for line in book.largest
        if line.exposure_cents
    ]
    movers = [
        asdict(each)
        | {"buyer_id": each.identity_id, "name": each.name or each.identity_id, "change_cents": each.change_cents}
        for each in change.movers
    ]
    return {
        "countries": Table(
            "countries",
            _COUNTRIES,
            [_country(each, lateness.get(each.key)) for each in book.by_country],
            "-exposure_cents",
            12,
        ),
        "grades": Table("grades", _GRADES, [_part(each) for each in book.by_grade], "key"),
        "exporters": Table("exporters", _EXPORTERS, [_part(each) for each in book.exporters], "-exposure_cents", 12),
        "buyers": Table("buyers", _BUYERS, largest, "-exposure_cents", 12),
        "movers": Table("movers", _MOVERS, movers),
        "years": Table("years", _YEARS, [asdict(each) for each in years], "-year"),
    }


def _country(part: Slice, lateness: CountryLateness | None) -> dict[str, Any]:
    return _part(part) | {"late_share": lateness and lateness.share}


def _part(part: Any) -> dict[str, Any]:  # noqa: ANN401 - a slice or an exporter, alike in what is read here
    row = asdict(part)
    used = row["exposure_cents"] / row["ceiling_cents"] if row["ceiling_cents"] else None
    if "name" in row:
        row["name"] = row["name"] or row["exporter_id"]
    return row | {"used": used}
