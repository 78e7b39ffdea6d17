"""Each request's id, its line in the log, and its time."""

import re
import time
import uuid

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.operate.metrics import Metrics

HEADER = b"x-request-id"
# What a caller may send as an id: nothing that could break a line of a log or a header.
_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,100}")
# Asked too often to have a line each; their figures are in the metrics.
_QUIET = frozenset(("check_order", "check_batch", "healthz", "readyz", "metrics"))
_OTHER = "other"

log = structlog.get_logger(__name__)


class Observed:
    """The outermost middleware: what is inside finds the request's id among the log's context variables."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request under its id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status, started = 500, time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (HEADER, request_id.encode())]}
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            self._tell(scope, status, time.perf_counter() - started)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "name", None) or _OTHER
        self._metrics.took(route, status, seconds)
        if route not in _QUIET or status >= 500:
            log.info(
                "answered", method=scope["method"], route=route, status=status, milliseconds=round(seconds * 1e3, 1)
            )


def current_request_id() -> str | None:
    """Give the id of the request that is being answered."""
    found: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return found


def _request_id(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name == HEADER), None)
    return given.decode("ascii") if given is not None and _ID.fullmatch(given) else uuid.uuid4().hex
