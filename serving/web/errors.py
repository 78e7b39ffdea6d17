"""Errors as pages, in words; what the service itself did wrong is told no more than that."""

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from features.errors import BolangguError
from serving.api.problems import status_of
from serving.errors import NotSignedInError
from serving.web.languages import language_of_page, translations
from serving.web.languages import untranslated as _
from serving.web.reader import known_reader, to_sign_in
from serving.web.render import page

log = structlog.get_logger(__name__)

_TITLES = {
    403: _("This is not yours to do"),
    404: _("There is no such page"),
    409: _("This cannot be done now"),
    422: _("Something is not right with what was sent"),
    503: _("Something that this needs does not answer"),
    500: _("Something went wrong on our side"),
}


def add_handlers(console: FastAPI) -> None:
    """Make every error of the console a page."""

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, BolangguError)
        if isinstance(error, NotSignedInError):
            return to_sign_in(request)
        status = status_of(error)
        if status == 500:
            log.error("failed", path=request.url.path, error=str(error), exc_info=error)
        return error_page(request, status, "" if status == 500 else str(error))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        faults = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())
        return error_page(request, 422, faults)

    async def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return error_page(request, error.status_code, "")

    async def unforeseen(request: Request, error: Exception) -> Response:
        log.error("failed", path=request.url.path, exc_info=error)
        return error_page(request, 500, "")

    console.add_exception_handler(BolangguError, ours)
    console.add_exception_handler(RequestValidationError, invalid)
    console.add_exception_handler(HTTPException, plain)
    console.add_exception_handler(Exception, unforeseen)


def error_page(request: Request, status: int, detail: str) -> Response:
    """Answer with a page that says what is wrong and leads on."""
    title = _TITLES.get(status, _TITLES[422] if status < 500 else _TITLES[500])
    told = translations(language_of_page(request)).gettext(title)
    return page(request, "error.html", known_reader(request), status=status, title=told, detail=detail)
