"""`/v1/limit-runs` and `/v1/policy-comparisons`: limits of the whole book, looked at before they are in force."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.access.principal import Principal
from serving.api.asking import Asking
from serving.api.listing import Listed, Listing
from serving.api.paging import opened, parsed
from serving.api.problems import DOCUMENTED, NOT_FOUND, REFUSED
from serving.api.service import Served
from serving.api.tables import FILES
from serving.limits.trials.asks import ComparisonAsk, Kind, PreviewAsk, ReleaseAsk
from serving.limits.trials.basis import Stale
from serving.limits.trials.release import release, why_stale
from serving.limits.trials.request import ask_for
from serving.limits.trials.trial import Status, find_trial, list_moves, list_trials

router = APIRouter(tags=["limit runs"], responses=DOCUMENTED)

RunId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]


class PartAnswer(BaseModel):
    """A part of the book. Amounts are US cents; what is expected is over the horizon of the PD."""

    model_config = ConfigDict(from_attributes=True)

    key: str = Field(examples=["DE"])
    buyers: int
    limits: int = Field(description="buyers who may have cover afterwards")
    new: int
    increased: int
    reduced: int
    ended: int
    before_cents: int = Field(description="limits in force, together")
    after_cents: int = Field(description="limits afterwards, together")
    covered_cents: int = Field(description="expected trade covered")
    compensation_cents: int = Field(description="expected compensation")


class SideAnswer(BaseModel):
    """The whole book under a policy."""

    model_config = ConfigDict(from_attributes=True)

    policy_version: str
    is_on_trial: bool = Field(description="the policy is not on file")
    appetite_scale: float
    total: PartAnswer
    by_grade: list[PartAnswer]
    by_country: list[PartAnswer]
    kept: int = Field(description="limits that persons set and that stand")
    stopped: int = Field(description="stops of cover that stand")
    value_at_risk_cents: int
    expected_shortfall_cents: int
    most_loss_share: float = Field(description="the appetite: most compensation expected within the trade covered")
    most_tail_share: float = Field(description="the same for the shortfall")
    tail_level: float


class TrialAnswer(BaseModel):
    """A limit run's preview, or a comparison, and what became of it."""

    model_config = ConfigDict(from_attributes=True)

    trial_id: int
    status: Status = Field(description="waiting, running, failed, ready or released")
    as_of: date
    asked_by: str
    recorded_at: datetime
    finished_at: datetime | None = None
    failure: str | None = None
    sides: list[SideAnswer] = Field(description="one; of a comparison two, the policy asked about first")
    run_id: str | None = Field(None, description="under which the limits stand in the ledger")
    limits: int | None = Field(None, description="that were put into force")
    released_by: str | None = None
    released_at: datetime | None = None
    reason: str | None = None


class LimitRunAnswer(TrialAnswer):
    """A limit run's preview."""

    stale: list[Stale] = Field([], description="why it may no longer be released; empty where it may")


class TrialPage(BaseModel):
    """A page of them, newest first."""

    items: list[TrialAnswer]
    next: str | None = Field(None, description="the cursor of the next page; none at the end")


class MoveAnswer(BaseModel):
    """A buyer whose limit the run changes. Amounts are US cents."""

    model_config = ConfigDict(from_attributes=True)

    identity_id: str
    name: str | None = None
    country: str
    change: str = Field(description="UN/EDIFACT 4505: new, increase, reduce, cancel")
    stands: str | None = Field(None, description="what outranks it: override or stop")
    status: str
    before_cents: int | None = None
    after_cents: int
    change_cents: int
    grade_before: str | None = None
    grade: str | None = None
    pd: float | None = None
    authority: str
    valid_from: date
    valid_to: date


class MovePage(BaseModel):
    """A page of them, by identity."""

    items: list[MoveAnswer]
    next: str | None = Field(None, description="the cursor of the next page; none at the end")


@router.post("/limit-runs", response_model=LimitRunAnswer, status_code=202, responses=REFUSED)
async def preview_limits(ask: PreviewAsk, service: Served, asking: Asking) -> LimitRunAnswer:
    """Ask for the preview of a limit run; it is worked out beside the service, within seconds to minutes."""
    return LimitRunAnswer.model_validate(await ask_for(service.pool, asking, ask))


@router.get("/limit-runs", response_model=TrialPage, responses=FILES)
async def list_limit_runs(service: Served, asking: Asking, listing: Listed) -> Response | TrialPage:
    """List previews of limit runs, newest first."""
    return await _page(service, asking, listing, "preview", "limit-runs")


@router.get("/limit-runs/{run_id}", response_model=LimitRunAnswer, responses=NOT_FOUND)
async def get_limit_run(run_id: RunId, service: Served, asking: Asking) -> LimitRunAnswer:
    """Tell what a preview comes to, by grade and country, and whether it may still be released."""
    found = LimitRunAnswer.model_validate(await find_trial(service.pool, asking, "preview", run_id))
    if found.status == "ready":
        found.stale = await why_stale(service.pool, asking, run_id, service.home, service.in_use())
    return found


@router.get("/limit-runs/{run_id}/changes", response_model=MovePage, responses=NOT_FOUND | FILES)
async def list_limit_changes(run_id: RunId, service: Served, asking: Asking, listing: Listed) -> Response | MovePage:
    """List the buyers whose limit a preview changes."""
    trial = await find_trial(service.pool, asking, "preview", run_id)
    found = await list_moves(service.pool, asking, trial, after=opened(listing.cursor) or "", most=listing.fetched)
    name = f"limit-run-{run_id}"
    return listing.answer(name, MovePage, found, MoveAnswer.model_validate, lambda each: each.identity_id)


@router.post("/limit-runs/{run_id}/release", response_model=LimitRunAnswer, responses=NOT_FOUND | REFUSED)
async def release_limits(run_id: RunId, ask: ReleaseAsk, service: Served, asking: Asking) -> LimitRunAnswer:
    """Put exactly the previewed limits into force, all or none; another person than who asked for the preview does."""
    return LimitRunAnswer.model_validate(
        await release(service.pool, asking, run_id, ask, service.home, service.in_use())
    )


@router.post("/policy-comparisons", response_model=TrialAnswer, status_code=202, responses=REFUSED)
async def compare_policies(ask: ComparisonAsk, service: Served, asking: Asking) -> TrialAnswer:
    """Ask for two policies side by side on today's book, each as if it had always held."""
    return TrialAnswer.model_validate(await ask_for(service.pool, asking, ask))


@router.get("/policy-comparisons", response_model=TrialPage, responses=FILES)
async def list_comparisons(service: Served, asking: Asking, listing: Listed) -> Response | TrialPage:
    """List comparisons, newest first."""
    return await _page(service, asking, listing, "comparison", "policy-comparisons")


@router.get("/policy-comparisons/{run_id}", response_model=TrialAnswer, responses=NOT_FOUND)
async def get_comparison(run_id: RunId, service: Served, asking: Asking) -> TrialAnswer:
    """Tell what both policies come to."""
    return TrialAnswer.model_validate(await find_trial(service.pool, asking, "comparison", run_id))


async def _page(service: Served, asking: Principal, listing: Listing, kind: Kind, name: str) -> Response | TrialPage:
    found = await list_trials(service.pool, asking, kind, before=parsed(listing.cursor), most=listing.fetched)
    return listing.answer(name, TrialPage, found, TrialAnswer.model_validate, lambda each: each.trial_id)
