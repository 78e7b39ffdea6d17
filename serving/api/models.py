"""`/v1/models`: the champion, and what wants its place."""

import asyncio
from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from features.home import home
from serving.api.asking import Asking
from serving.api.problems import DOCUMENTED
from serving.models.shelf import Place
from serving.models.shelf import list_models as read_models

router = APIRouter(tags=["models"], responses=DOCUMENTED)


class ModelAnswer(BaseModel):
    """A model's bundle."""

    model_config = ConfigDict(from_attributes=True)

    place: Place = Field(description="in use; trained since, and so a challenger; or former")
    version: str | None = Field(None, description="the registry's name for it, known of the champion only")
    kind: str = Field(examples=["blend"])
    trained_as_of: date = Field(description="nothing recorded later was looked at")
    horizon_days: int
    definition: dict[str, Any] = Field(description="what counted as default")
    features: int
    sha256: str


class ModelList(BaseModel):
    """The champion first, then the others, newest first."""

    items: list[ModelAnswer]


@router.get("/models", response_model=ModelList)
async def list_models(asking: Asking) -> ModelList:
    """List the model in use and the bundles that were registered on this machine."""
    found = await asyncio.to_thread(read_models, asking, home())
    return ModelList(items=[ModelAnswer.model_validate(each) for each in found])
