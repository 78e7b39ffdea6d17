"""Errors as RFC 9457 problem details; what the service itself did wrong is told by no more than a request id."""

import http
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from features.errors import BolangguError, CallerError, UnavailableError
from serving.errors import ForbiddenError, NotFoundError, NotSignedInError, OtherBodyError, RefusedError
from serving.operate.requests import current_request_id

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = 1

log = structlog.get_logger(__name__)

_STATUS: tuple[tuple[type[BolangguError], int], ...] = (
    (NotSignedInError, 401),
    (ForbiddenError, 403),
    (NotFoundError, 404),
    (OtherBodyError, 422),
    (RefusedError, 409),
    (CallerError, 422),
    (UnavailableError, 503),
)


class Fault(BaseModel):
    """One fault of a request."""

    pointer: str = Field(description="where, as a JSON pointer into the request", examples=["#/body/amount_minor"])
    detail: str = Field(description="what is wrong there", examples=["Input should be greater than 0"])


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    type: str = Field("about:blank", description="kind of problem")
    title: str = Field(description="the status in words", examples=["Unprocessable Content"])
    status: int = Field(description="the HTTP status", examples=[422])
    detail: str = Field(description="object, value, cause and remedy in one line")
    faults: list[Fault] | None = Field(None, description="the request's faults, one by one")
    request_id: str | None = Field(None, description="the request's id, as in `X-Request-Id` and in the service's log")


def problem(
    status: int, detail: str, faults: list[Fault] | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with a problem."""
    title, request_id = http.HTTPStatus(status).phrase, current_request_id()
    body = Problem(title=title, status=status, detail=detail, faults=faults, request_id=request_id)
    return Response(body.model_dump_json(exclude_none=True), status, headers, media_type=CONTENT_TYPE)


def status_of(error: BolangguError) -> int:
    """Give the HTTP status of one of our errors."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem_of(error: BolangguError) -> Response:
    """Answer with one of our errors: the caller's mistakes in full, ours by name only."""
    status = status_of(error)
    if status == 503:
        return problem(503, str(error), headers={"Retry-After": str(RETRY_AFTER_S)})
    if status == 401:
        return problem(401, str(error), headers={"WWW-Authenticate": "Bearer"})
    if status == 500:
        log.error("failed", error=str(error), exc_info=error)
        return problem(500, "the service failed; the request's id is in its log")
    return problem(status, str(error))


def faults_of(errors: Iterable[Any]) -> list[Fault]:
    """Name the faults that pydantic found, without repeating what was sent."""
    return [Fault(pointer="#/" + "/".join(str(part) for part in e["loc"]), detail=str(e["msg"])) for e in errors]


def add_handlers(app: FastAPI) -> None:
    """Make every error of the application a problem."""

    async def ours(_: Request, error: Exception) -> Response:
        assert isinstance(error, BolangguError)
        return problem_of(error)

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem(422, "the request is not as documented", faults_of(error.errors()))

    async def plain(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return problem(error.status_code, error.detail, headers=error.headers)

    async def unforeseen(_: Request, error: Exception) -> Response:
        log.error("failed", exc_info=error)
        # This answer is made outside all middleware, so it bears its id itself.
        headers = {"X-Request-Id": current_request_id() or "-"}
        return problem(500, "the service failed; the request's id is in its log", headers=headers)

    app.add_exception_handler(BolangguError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, unforeseen)


def _documented(status: int, text: str) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {status: {"description": text, "content": {CONTENT_TYPE: {"schema": schema}}}}


# What stands before every route of /v1 may answer so.
GUARDED = (
    _documented(401, "No key, or one that is not known or was revoked")
    | _documented(403, "The key's role may not do this")
    | _documented(413, "The body is too large")
    | _documented(429, "The key asks more often than it may; see Retry-After")
)
NOT_FOUND = _documented(404, "Nothing has that name")
REFUSED = _documented(409, "The state of the thing does not allow it")
UNAVAILABLE = _documented(503, "The database does not answer; ask again, a repeated request is answered once")
DOCUMENTED = (
    UNAVAILABLE
    | _documented(400, "The request's body cannot be read at all")
    | _documented(422, "The request is not as documented, or the same key came before with another content")
)
