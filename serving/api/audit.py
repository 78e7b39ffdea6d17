"""`/v1/audit`: who did what, when, and what it changed."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from serving.access.trail import Filters
from serving.access.trail import list_audit as read_audit
from serving.api.asking import Asking
from serving.api.messages import Id
from serving.api.paging import Cursor, Most, next_cursor, parsed
from serving.api.problems import DOCUMENTED
from serving.api.service import Served
from serving.api.tables import FILES, MOST_ROWS, Wanted, as_file, format_of

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
    request: Request,
    service: Served,
    asking: Asking,
    who: Annotated[Id | None, Query(description="only what they did")] = None,
    action: Annotated[Id | None, Query(description="only this action")] = None,
    subject: Annotated[
        Id | None, Query(description="only on this kind of thing: buyer, order, cover, exporter, key")
    ] = None,
    subject_id: Annotated[Id | None, Query(description="only on this one")] = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    cursor: Cursor = None,
    limit: Most = 50,
    kind: Wanted = None,
) -> Response | AuditPage:
    """List what was done, newest first."""
    form = format_of(request, kind)
    most = limit if form == "json" else MOST_ROWS
    filters = Filters(who, action, subject, subject_id, since, until)
    found = await read_audit(service.pool, asking, filters, parsed(cursor), most + 1)
    items = [ActAnswer.model_validate(each) for each in found[:most]]
    if form != "json":
        return as_file("audit", items, form)
    return AuditPage(items=items, next=next_cursor(found, most, lambda each: each.audit_id))
