"""`/v1/portfolio`: the book as it stands, and the programme's year as its own report has it."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.asking import Asking
from serving.api.problems import DOCUMENTED
from serving.api.service import Served
from serving.api.tables import FILES, Wanted, as_file, format_of
from serving.portfolio.book import read_book
from serving.portfolio.year import programme_year

router = APIRouter(tags=["portfolio"], responses=DOCUMENTED)

Cut = Literal["country", "grade", "exporter", "buyer"]


class SliceAnswer(BaseModel):
    """A part of the book. Amounts are US cents."""

    model_config = ConfigDict(from_attributes=True)

    key: str = Field(examples=["DE"])
    buyers: int
    limit_cents: int
    exposure_cents: int
    headroom_cents: int
    expected_loss_cents: int = Field(description="of what is outstanding, over the horizon of the PD")
    expected_compensation_cents: int = Field(description="the programme's part of it at the standard rate")
    unrated_cents: int = Field(description="outstanding on buyers without a PD, of which no loss is expected here")
    ceiling_cents: int | None = Field(
        None, description="the most that may be outstanding, where the part has a ceiling"
    )


class ExporterAnswer(BaseModel):
    """An exporter with cover outstanding. Amounts are US cents."""

    model_config = ConfigDict(from_attributes=True)

    exporter_id: str
    name: str | None = None
    standing: str = Field(description="standard or whitelisted")
    exposure_cents: int
    ceiling_cents: int
    buyers: int = Field(description="on whom it is outstanding")
    top_buyer_share: float = Field(description="part of it on the largest of them")
    expected_loss_cents: int = Field(description="of what is outstanding, over the horizon of the PD")
    expected_compensation_cents: int = Field(description="the programme's part of it, at the rate of its standing")


class LineAnswer(BaseModel):
    """One identity of the book. Amounts are US cents."""

    model_config = ConfigDict(from_attributes=True)

    identity_id: str
    country: str
    grade: str | None = None
    pd: float | None = Field(None, description="probability of default over the model's horizon")
    status: str | None = None
    source: str | None = None
    limit_cents: int
    exposure_cents: int
    headroom_cents: int


class BookAnswer(BaseModel):
    """The book as it stands. Amounts are US cents."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    policy_version: str
    total: SliceAnswer
    by_country: list[SliceAnswer]
    by_grade: list[SliceAnswer]
    exporters: list[ExporterAnswer] = Field(description="those with most outstanding")
    largest: list[LineAnswer] = Field(description="the buyers with most outstanding")
    value_at_risk_cents: int = Field(description="of the compensation, at the policy's tail level")
    expected_shortfall_cents: int = Field(description="mean of the compensation beyond it")
    suspended: int = Field(description="buyers on which cover is stopped")


class YearAnswer(BaseModel):
    """What one calendar year (UTC) came to. Amounts are US cents."""

    model_config = ConfigDict(from_attributes=True)

    year: int
    covered_cents: int = Field(description="covered at order time, less what was given back unshipped")
    ceiling_cents: int | None = None
    trade_cents: int = Field(description="sold on credit, covered or not")
    orders: int
    claims_filed: int
    losses_cents: int = Field(description="losses that the claims filed report")
    claims_processed: int
    claims_accepted: int
    compensated_cents: int
    recovered_cents: int


@router.get("/portfolio", response_model=BookAnswer, responses=FILES)
async def get_portfolio(
    request: Request,
    service: Served,
    asking: Asking,
    kind: Wanted = None,
    by: Annotated[Cut, Query(description="which list a file holds")] = "country",
) -> Response | BookAnswer:
    """Tell exposure, headroom, expected and tail loss of the whole book, by country, grade and exporter."""
    book = BookAnswer.model_validate(await read_book(service.pool, asking, champion=service.in_use()))
    form = format_of(request, kind)
    if form == "json":
        return book
    lists: dict[Cut, list[BaseModel]] = {
        "country": [*book.by_country],
        "grade": [*book.by_grade],
        "exporter": [*book.exporters],
        "buyer": [*book.largest],
    }
    return as_file(f"portfolio-by-{by}", lists[by], form)


@router.get("/portfolio/years/{year}", response_model=YearAnswer)
async def get_programme_year(
    year: Annotated[int, Path(ge=1990, le=2098, examples=[2024])], service: Served, asking: Asking
) -> YearAnswer:
    """Tell the programme's year: coverage, claims processed, losses reported, compensated, recovered."""
    return YearAnswer.model_validate(await programme_year(service.pool, asking, year))
