"""`/v1/whitelist`: who may be compensated at the higher rate, and who decides it."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.asking import Asking
from serving.api.listing import Listed
from serving.api.messages import Id
from serving.api.paging import opened
from serving.api.problems import DOCUMENTED, NOT_FOUND, REFUSED
from serving.api.service import Served
from serving.api.tables import FILES
from serving.whitelist.standing import Finding, Standing, StandingWord
from serving.whitelist.standing import decide_standing as say
from serving.whitelist.standing import list_candidates as read_candidates

router = APIRouter(prefix="/whitelist", tags=["whitelist"], responses=DOCUMENTED)


class CriterionAnswer(BaseModel):
    """One thing that the policy asks for, in days, US cents or basis points by its name."""

    name: str = Field(examples=["loss_share"])
    value: int | None = Field(None, description="what the exporter shows; none where it is not known")
    needed: int = Field(description="the policy's bound")
    at_least: bool = Field(description="whether the bound has to be reached, or not to be passed")
    missing: int = Field(description="how far the value is from the bound; 0 where it is met")


class CandidateAnswer(BaseModel):
    """What the last review found of an exporter, its standing, and the last word on it. Amounts are US cents."""

    model_config = ConfigDict(from_attributes=True)

    exporter_id: str
    name: str | None = None
    status: Finding
    standing: Standing = Field(description="today")
    standing_until: date | None = None
    extra_compensation_cents: int = Field(description="expected more to pay a year at the higher rate")
    as_of: date = Field(description="nothing recorded later was looked at")
    policy_version: str
    model_version: str | None = None
    recorded_at: datetime
    excluded_for: list[str]
    criteria: list[CriterionAnswer]
    last_verdict: str | None = Field(None, description="approve, decline or end")
    last_reason: str | None = None
    last_decided_by: str | None = None
    last_decided_at: datetime | None = None


class CandidatePage(BaseModel):
    """A page of exporters, by id."""

    items: list[CandidateAnswer]
    next: str | None = Field(None, description="the cursor of the next page; none at the end")


@router.get("/candidates", response_model=CandidatePage, responses=FILES)
async def list_candidates(
    service: Served,
    asking: Asking,
    listing: Listed,
    status: Annotated[Finding | None, Query(description="only those that were found so")] = None,
    standing: Annotated[Standing | None, Query(description="only those of this standing today")] = None,
) -> Response | CandidatePage:
    """List exporters with the evidence of the last review and the cost of the higher rate."""
    after = opened(listing.cursor) or ""
    found = await read_candidates(
        service.pool, asking, status=status, standing=standing, after=after, most=listing.fetched
    )
    return listing.answer(
        "whitelist", CandidatePage, found, CandidateAnswer.model_validate, lambda each: each.exporter_id
    )


@router.post("/{exporter_id}", response_model=CandidateAnswer, responses=NOT_FOUND | REFUSED)
async def decide_standing(
    exporter_id: Annotated[Id, Path(examples=["EX-0042"])], word: StandingWord, service: Served, asking: Asking
) -> CandidateAnswer:
    """Approve, decline or end; the rules propose, a person approves, and for whom they do not propose a senior."""
    return CandidateAnswer.model_validate(await say(service.pool, asking, exporter_id, word))
