"""`/metrics`: the service's figures, as Prometheus reads them."""

import anyio
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge

from features.errors import UnavailableError
from serving.api.service import Served, Service
from serving.operate.state import collected, read_state

router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(service: Served) -> Response:
    """Tell answers, times, queues, ages and versions; what only the database knows is left out while it is away."""
    return Response(service.metrics.written(await _known(service)), media_type=CONTENT_TYPE_LATEST)


async def _known(service: Service) -> CollectorRegistry:
    champion = await anyio.to_thread.run_sync(service.in_use)
    try:
        known, is_up = collected(await read_state(service.pool), champion.version if champion else None), 1
    except UnavailableError:
        known, is_up = CollectorRegistry(), 0
    Gauge("bolanggu_database_up", "whether the database answers", registry=known).set(is_up)
    return known
