"""The API's application: routes wired to the service, nothing done at import."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypedDict

from fastapi import Depends, FastAPI

from serving.api import (
    audit,
    buyers,
    claims,
    covers,
    desk,
    health,
    identities,
    limit_runs,
    limits,
    looked_up,
    models,
    order_checks,
    portfolio,
    whitelist,
)
from serving.api import metrics as metrics_route
from serving.api.docs import add_docs
from serving.api.guard import CLOSED, Guard, permitted
from serving.api.messages import OrderCheckRequest
from serving.api.problems import GUARDED, Problem, add_handlers
from serving.api.service import Service, running
from serving.logs import configure_logging
from serving.models.registry import ModelRegistry
from serving.operate.metrics import Metrics
from serving.operate.requests import Observed
from serving.operate.traces import trace_to
from serving.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

CLOSED_ROOMS = (
    order_checks,
    looked_up,
    covers,
    claims,
    limits,
    limit_runs,
    buyers,
    identities,
    desk,
    whitelist,
    portfolio,
    models,
    audit,
)


class _State(TypedDict):
    service: Service


def create_app(url: str, configured: Settings, registry: ModelRegistry | None = None) -> FastAPI:
    """Build the API for a database that is migrated already; without a registry the settings name its program."""
    configure_logging()
    metrics = Metrics()
    spans: list[TracerProvider] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[_State]:
        async with running(url, configured, metrics, registry) as service:
            yield {"service": service}
        metrics.close()
        for provider in spans:
            provider.shutdown()

    app = FastAPI(
        title="Bolanggu",
        summary="Credit limits and cover at order time for small-commodity exporters",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    add_handlers(app)
    app.add_middleware(Guard, settings=configured)
    app.add_middleware(Observed, metrics=metrics)
    if configured.otlp_endpoint is not None:
        spans.append(trace_to(app, configured.otlp_endpoint))
    app.include_router(health.router)
    app.include_router(metrics_route.router)
    add_docs(app)
    for room in CLOSED_ROOMS:
        app.include_router(room.router, prefix=CLOSED, dependencies=[Depends(permitted)], responses=GUARDED)
    _document(app)
    return app


def _document(app: FastAPI) -> None:
    """Add to the OpenAPI document the models that routes read or answer by hand."""
    schema = app.openapi()
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for model in (Problem, OrderCheckRequest):
        own = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(own.pop("$defs", {}))
        schemas[model.__name__] = own
    schema["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    for path, methods in schema["paths"].items():
        if path.startswith(CLOSED):
            for operation in methods.values():
                operation["security"] = [{"key": []}]
