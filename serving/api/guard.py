"""What stands before every route: keys, sizes, rates, time, and the headers that keep browsers from harm.

It speaks ASGI itself: on the path of order checks a middleware of the framework costs more than all that it does here.
"""

import asyncio

import structlog
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from features.errors import BolangguError
from serving.access.permissions import require
from serving.api.problems import problem, problem_of
from serving.errors import NotSignedInError
from serving.operate.rates import Rates
from serving.operate.sharing import shared_folder
from serving.settings import Settings

CLOSED = "/v1"
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
# What /v1 answers is data for programs, and nobody else's: no cache keeps it, no browser runs it.
CLOSED_HEADERS = (
    *HEADERS,
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)

log = structlog.get_logger(__name__)


class Guard:
    """The middleware: it answers what must not come in, and lets in the rest with its principal."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._rates = Rates(settings.rate_per_s, shared_folder())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_closed = scope["path"].startswith(CLOSED)
        answered = _Answered(send, CLOSED_HEADERS if is_closed else HEADERS)
        alarm = _Alarm(self._settings.request_timeout_s)
        try:
            receive = self._bounded(scope, receive)
            if is_closed:
                await self._admit(scope)
            await self._app(scope, receive, answered)
        except BolangguError as error:
            await problem_of(error)(scope, receive, answered)
        except HTTPException as error:
            await problem(error.status_code, error.detail, headers=error.headers)(scope, receive, answered)
        except asyncio.CancelledError:
            if not alarm.has_rung or answered.has_begun:
                raise
            alarm.hush()
            log.warning("timed out", path=scope["path"])
            detail = "the request took too long; ask again, a repeated request is answered once"
            await problem(503, detail, headers={"Retry-After": "1"})(scope, receive, answered)
        finally:
            alarm.stop()

    async def _admit(self, scope: Scope) -> None:
        key = _bearer(scope)
        principal = None if key is None else await scope["state"]["service"].keyring.find(key)
        if principal is None:
            cause = "is missing" if key is None else "is not known or was revoked"
            raise NotSignedInError("key", None, cause, "send `Authorization: Bearer KEY`; `bolanggu key add` makes one")
        wait_s = self._rates.wait_s(principal.name)
        if wait_s > 0:
            headers = {"Retry-After": str(max(round(wait_s), 1))}
            raise HTTPException(429, "this key asks more often than it may; slow down", headers)
        scope["state"]["principal"] = principal

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """Refuse a body that is too large, by its announced length, or as it comes where it has none."""
        most = self._settings.body_limit_bytes
        announced = _header(scope, b"content-length")
        if announced is not None:
            if not announced.isdigit() or int(announced) > most:
                raise _too_large(most)
            return receive
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise _too_large(most)
            return message

        return counted


class _Alarm:
    """Cancels the task that made it when its time is up, as `asyncio.timeout` does at five times the cost."""

    def __init__(self, after_s: float) -> None:
        task = asyncio.current_task()
        assert task is not None, "requests are answered in tasks"
        self._task = task
        self._handle = asyncio.get_running_loop().call_later(after_s, self._ring)
        self.has_rung = False

    def _ring(self) -> None:
        self.has_rung = True
        self._task.cancel()

    def hush(self) -> None:
        """Let the task go on after all."""
        self._task.uncancel()

    def stop(self) -> None:
        """Ring no more."""
        self._handle.cancel()


class _Answered:
    """Sends an answer on with the headers that it lacks, and knows whether it has begun."""

    def __init__(self, send: Send, headers: tuple[tuple[bytes, bytes], ...]) -> None:
        self._send = send
        self._headers = headers
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            given = {name.lower() for name, _ in message["headers"]}
            lacking = [header for header in self._headers if header[0] not in given]
            message = {**message, "headers": [*message["headers"], *lacking]}
        await self._send(message)


async def permitted(request: Request) -> None:
    """Let a request pass whose principal may do what the route is named after; every route of /v1 depends on it.

    Raises:
        ForbiddenError: the role may not.
    """
    require(request.state.principal, request.scope["route"].name)


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for each, value in scope["headers"] if each == name), None)


def _bearer(scope: Scope) -> str | None:
    value = _header(scope, b"authorization")
    scheme, _, key = (value or b"").partition(b" ")
    return key.strip().decode("latin-1") if scheme.lower() == b"bearer" and key.strip() else None


def _too_large(most: int) -> HTTPException:
    return HTTPException(413, f"the body is larger than {most:,} bytes; send less at once")
