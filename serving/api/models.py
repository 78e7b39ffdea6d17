"""`/v1/models`: the champion and what wants its place; their reports, gates and drift; and who puts which into use."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.access.principal import Principal, Role
from serving.api.asking import Asking
from serving.api.listing import Listed
from serving.api.paging import parsed
from serving.api.problems import DOCUMENTED, NOT_FOUND, REFUSED
from serving.api.service import Served, Service
from serving.api.tables import FILES
from serving.errors import NotFoundError
from serving.models.ask import ask_promotion as ask_for_promotion
from serving.models.ask import ask_rollback as ask_for_rollback
from serving.models.ask import decide_change
from serving.models.changes import ChangeAsk, ChangeKind, ChangeStatus, ChangeWord, PromotionAsk, VersionName
from serving.models.registry import Comparison, DriftFound, Figures, Gate, Turn
from serving.models.shelf import (
    ModelOnShelf,
    Place,
    Shelf,
    ask_for_look,
    ask_for_reading,
    get_change,
    list_changes,
    read_report,
    read_shelf,
)

router = APIRouter(prefix="/models", tags=["models"], responses=DOCUMENTED)

# A report is one page of its own style and drawings, and runs nothing.
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'none'; "
    "base-uri 'none'; sandbox"
)
InPath = Annotated[VersionName, Path()]
ChangeId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ModelAnswer(_Answer):
    """A model's bundle."""

    place: Place = Field(description="in use; registered since and never in use, and so a challenger; or former")
    version: str = Field(description="the registry's name for it")
    kind: str = Field(examples=["blend"])
    trained_as_of: date = Field(description="nothing recorded later was looked at")
    horizon_days: int
    definition: dict[str, Any] = Field(description="what counted as default")
    features: int
    sha256: str
    has_report: bool = False


class ModelDetail(ModelAnswer):
    """The same with all that the registry says; figures are out of time, each with its 95 % interval over buyers."""

    registered_at: datetime | None = None
    figures: dict[str, Figures] = Field(default_factory=dict, description="model -> figure -> value, low, high")
    rests_on: dict[str, str] = Field(default_factory=dict, description="hashes of book, configuration and program")
    gates: list[Gate] = Field(default_factory=list, description="held against the champion of now")
    comparison: Comparison | None = Field(None, description="with the champion, on the same rows")
    judged_at: datetime | None = None
    history: list[Turn] = Field(default_factory=list, description="when it was put into use, by whom and why")


class ModelList(BaseModel):
    """The champion first, then the others, newest first."""

    items: list[ModelAnswer]
    in_use: str | None = Field(None, description="the version that this server scores with")
    limits_by: str | None = Field(None, description="the version that the newest limit run used")
    registry_read_at: datetime | None = Field(None, description="none before the registry was read")
    registry_fault: str | None = Field(None, description="why the last reading failed")


class WordAnswer(_Answer):
    """What was said of a change."""

    status: ChangeStatus
    reason: str
    said_by: str
    said_role: str
    recorded_at: datetime


class ChangeAnswer(_Answer):
    """A change of the model in use that somebody asked for."""

    change_id: int
    kind: ChangeKind
    version: str
    champion: str | None = Field(None, description="in use when it was asked for")
    status: ChangeStatus
    is_override: bool = Field(description="though it fails a gate")
    reason: str
    level_needed: Role = Field(description="the role that may confirm it, beside a senior")
    asked_by: str
    recorded_at: datetime
    valid_until: datetime
    words: list[WordAnswer]


class ChangePage(BaseModel):
    """A page of them, newest first."""

    items: list[ChangeAnswer]
    next: str | None = Field(None, description="the cursor of the next page; none at the end")


class LookAnswer(_Answer):
    """What a look for drift found."""

    look_id: int
    asked_by: str
    recorded_at: datetime
    found: DriftFound


class LookList(BaseModel):
    """The newest looks for drift, and how the last try went."""

    items: list[LookAnswer]
    is_due: bool = Field(description="whether one was asked for and is under way")
    fault: str | None = Field(None, description="why the last try failed")


class Asked(BaseModel):
    """Slow work was asked for; it is done in the background."""

    is_new: bool = Field(description="false where it was under way already")


@router.get("", response_model=ModelList)
async def list_models(service: Served, asking: Asking) -> ModelList:
    """List the model in use and the registered versions; an old answer of the registry is renewed in the background."""
    shelf = await shelf_of(service, asking)
    return ModelList(
        items=[ModelAnswer.model_validate(each) for each in shelf.models],
        in_use=shelf.in_use,
        limits_by=shelf.limits_by,
        registry_read_at=shelf.kept.read_at if shelf.kept else None,
        registry_fault=shelf.work["read"].fault,
    )


@router.post("/reading", response_model=Asked, status_code=202)
async def read_registry(service: Served, asking: Asking) -> Asked:
    """Have the registry read anew, in the background."""
    return Asked(is_new=await ask_for_reading(service.pool, asking))


@router.get("/drift", response_model=LookList)
async def list_drift(service: Served, asking: Asking) -> LookList:
    """List the newest looks at how the champion's population moved."""
    shelf = await shelf_of(service, asking)
    work = shelf.work["drift"]
    items = [LookAnswer.model_validate(each) for each in shelf.looks]
    return LookList(items=items, is_due=work.is_due, fault=work.fault)


@router.post("/drift", response_model=Asked, status_code=202)
async def look_for_drift(service: Served, asking: Asking) -> Asked:
    """Have the book as known yesterday held against the champion's training, in the background."""
    return Asked(is_new=await ask_for_look(service.pool, asking))


@router.post("/rollback", response_model=ChangeAnswer, responses=REFUSED)
async def ask_rollback(ask: ChangeAsk, service: Served, asking: Asking) -> ChangeAnswer:
    """Ask for the version before the champion; another person confirms it."""
    return ChangeAnswer.model_validate(await ask_for_rollback(service.pool, asking, ask))


@router.get("/changes", response_model=ChangePage, responses=FILES)
async def list_model_changes(service: Served, asking: Asking, listing: Listed) -> Response | ChangePage:
    """List who asked for which version, and what was said of it."""
    found = await list_changes(service.pool, asking, parsed(listing.cursor), listing.fetched)
    return listing.answer("model-changes", ChangePage, found, ChangeAnswer.model_validate, lambda each: each.change_id)


@router.get("/changes/{change_id}", response_model=ChangeAnswer, responses=NOT_FOUND)
async def get_model_change(change_id: ChangeId, service: Served, asking: Asking) -> ChangeAnswer:
    """Tell where a change stands."""
    return ChangeAnswer.model_validate(await get_change(service.pool, asking, change_id))


@router.post("/changes/{change_id}", response_model=ChangeAnswer, responses=NOT_FOUND | REFUSED)
async def decide_model_change(change_id: ChangeId, word: ChangeWord, service: Served, asking: Asking) -> ChangeAnswer:
    """Confirm, decline or withdraw; who asked may not confirm. What is confirmed is carried out in the background."""
    return ChangeAnswer.model_validate(await decide_change(service.pool, asking, change_id, word))


@router.get("/{version}", response_model=ModelDetail, responses=NOT_FOUND)
async def get_model(version: InPath, service: Served, asking: Asking) -> ModelDetail:
    """Tell of a version its figures, its gates beside the champion, and its history."""
    shelf = await shelf_of(service, asking)
    return _detail(shelf, model_of(shelf.models, version))


@router.get("/{version}/report", response_class=Response, responses=NOT_FOUND | {200: {"content": {"text/html": {}}}})
async def get_model_report(version: InPath, service: Served, asking: Asking) -> Response:
    """Give the report of a version's training: one page that needs nothing else."""
    return report_page(await read_report(service.pool, asking, version))


@router.post("/{version}/promotion", response_model=ChangeAnswer, responses=NOT_FOUND | REFUSED)
async def ask_promotion(version: InPath, ask: PromotionAsk, service: Served, asking: Asking) -> ChangeAnswer:
    """Ask for a version to be put into use; another person confirms it, and over a failed gate a senior."""
    return ChangeAnswer.model_validate(await ask_for_promotion(service.pool, asking, version, ask))


async def shelf_of(service: Service, principal: Principal) -> Shelf:
    """Read all models with what this server has in use."""
    in_use = await to_thread.run_sync(service.in_use)
    home = service.settings.home.expanduser().resolve()
    return await read_shelf(service.pool, principal, in_use, home, service.registry is not None)


def model_of(models: Sequence[ModelOnShelf], version: str) -> ModelOnShelf:
    """Give a version.

    Raises:
        NotFoundError: there is none of that name.
    """
    found = next((each for each in models if each.version == version), None)
    if found is None:
        raise NotFoundError("model version", version, "is not in the registry", "see the list of models")
    return found


def report_page(html: str) -> Response:
    """Answer with a report, which may run nothing, load nothing and send nothing."""
    return Response(html, media_type="text/html", headers={"Content-Security-Policy": REPORT_POLICY})


def _detail(shelf: Shelf, model: ModelOnShelf) -> ModelDetail:
    registered, judged = model.registered, model.judged
    history = shelf.kept.reading.history if shelf.kept else ()
    return ModelDetail(
        **ModelAnswer.model_validate(model).model_dump(),
        registered_at=registered.registered_at if registered else None,
        figures=registered.figures if registered else {},
        rests_on=registered.rests_on if registered else {},
        gates=list(judged.gates) if judged else [],
        comparison=judged.comparison if judged else None,
        judged_at=model.judged_at,
        history=[turn for turn in history if turn.version == model.version],
    )
