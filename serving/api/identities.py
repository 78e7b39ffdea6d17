"""`/v1/buyers/{buyer_id}/merge` and `split`: who is whom."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from serving.api.asking import Asking
from serving.api.desk import BuyerId
from serving.api.messages import Id
from serving.api.problems import DOCUMENTED, REFUSED
from serving.api.service import Served
from serving.buyers.merging import Identity, merge, split
from serving.desk.asks import Reason

router = APIRouter(tags=["buyers"], responses=DOCUMENTED)


class MergeRequest(BaseModel):
    """Take the buyer to be another."""

    model_config = ConfigDict(extra="forbid")

    into: Id = Field(description="any id of the other, whose limit then holds for all", examples=["B-8"])
    reason: Reason = Field(description="why they are the same", examples=["Same registration number and address"])


class SplitRequest(BaseModel):
    """Take the buyer to be itself again."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(description="why they are not the same", examples=["Two firms of one name"])


class IdentityAnswer(BaseModel):
    """Whom a buyer is taken to be; all members share one limit and one exposure."""

    identity_id: str
    members: list[str]


@router.post("/buyers/{buyer_id}/merge", response_model=IdentityAnswer, responses=REFUSED)
async def merge_buyers(buyer_id: BuyerId, ask: MergeRequest, service: Served, asking: Asking) -> IdentityAnswer:
    """Take a buyer to be another; what is outstanding on both then counts against one limit."""
    return _answer(await merge(service.pool, asking, buyer_id, ask.into, ask.reason))


@router.post("/buyers/{buyer_id}/split", response_model=IdentityAnswer, responses=REFUSED)
async def split_buyer(buyer_id: BuyerId, ask: SplitRequest, service: Served, asking: Asking) -> IdentityAnswer:
    """Take a merged buyer to be itself again, with its own covers and limit."""
    return _answer(await split(service.pool, asking, buyer_id, ask.reason))


def _answer(identity: Identity) -> IdentityAnswer:
    return IdentityAnswer(identity_id=identity.identity_id, members=identity.members)
