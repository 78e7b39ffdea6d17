"""`/v1/audit`: who did what, when, and what it changed."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from serving.access.trail import Filters
from serving.access.trail import list_audit as read_audit
from serving.api.asking import Asking
from serving.api.listing import Listed
from serving.api.messages import Id
from serving.api.paging import parsed
from serving.api.problems import DOCUMENTED
from serving.api.service import Served
from serving.api.tables import FILES

router = APIRouter(tags=["audit"], responses=DOCUMENTED)


class ActAnswer(BaseModel):
    """One thing done."""

    model_config = ConfigDict(from_attributes=True)

    audit_id: int
    who: str
    role: str
    action: str = Field(examples=["override_limit"])
    subject: str = Field(examples=["buyer"])
    subject_id: str
    reason: str | None = None
    recorded_at: datetime
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class AuditPage(BaseModel):
    """A page of the audit trail, newest first."""

    items: list[ActAnswer]
    next: str | None = Field(None, description="the cursor of the next page; none at the end")


@router.get("/audit", response_model=AuditPage, responses=FILES)
async def list_audit(
    service: Served,
    asking: Asking,
    listing: Listed,
    who: Annotated[Id | None, Query(description="only what they did")] = None,
    action: Annotated[Id | None, Query(description="only this action")] = None,
    subject: Annotated[
        Id | None, Query(description="only on this kind of thing: buyer, order, cover, exporter, key")
    ] = None,
    subject_id: Annotated[Id | None, Query(description="only on this one")] = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> Response | AuditPage:
    """List what was done, newest first."""
    filters = Filters(who, action, subject, subject_id, since, until)
    found = await read_audit(service.pool, asking, filters, parsed(listing.cursor), listing.fetched)
    return listing.answer("audit", AuditPage, found, ActAnswer.model_validate, lambda each: each.audit_id)
