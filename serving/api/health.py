"""`/healthz` and `/readyz`: does the process live, and can it answer?"""

from fastapi import APIRouter
from pydantic import BaseModel

from serving.api.problems import UNAVAILABLE
from serving.api.service import Served
from serving.database.pool import Connection, run

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """All is well."""

    status: str = "ok"


@router.get("/healthz", response_model=Health)
async def healthz() -> Health:
    """The process lives."""
    return Health()


@router.get("/readyz", response_model=Health, responses=UNAVAILABLE)
async def readyz(service: Served) -> Health:
    """The database answers, so order checks can be decided."""

    async def ask(connection: Connection) -> None:
        await connection.execute("SELECT 1")

    await run(service.pool, ask)
    return Health()
