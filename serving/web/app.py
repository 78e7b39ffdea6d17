"""The console: pages, files and errors, wired together; it takes every path that is not the API's."""

import re
from pathlib import Path
from threading import Thread

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.routing import Match, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from serving.web.charts.draw import warm_up
from serving.web.errors import add_handlers
from serving.web.guard import Guard
from serving.web.pages import (
    audit,
    book,
    buyer,
    buyer_actions,
    buyers,
    claims,
    desk,
    limit_runs,
    model,
    models,
    provider,
    sign_in,
    traces,
    what_if,
    whitelist,
)
from serving.web.render import compile_all

STATIC = Path(__file__).parent / "static"
PAGES = (
    sign_in.router,
    provider.router,
    desk.router,
    book.router,
    buyers.router,
    buyer.router,
    buyer_actions.router,
    traces.router,
    claims.router,
    whitelist.router,
    limit_runs.router,
    what_if.router,
    models.router,
    model.router,
    audit.router,
)
_API = re.compile(r"/(v1|docs|openapi\.json|healthz|readyz|metrics)(/|$)")


class Console(Mount):
    """The console's place in the application: beside the API, whose unknown paths and methods stay its own."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take what is not the API's."""
        if scope["type"] == "http" and _API.match(scope["path"]):
            return Match.NONE, {}
        return super().matches(scope)


def create_console() -> Guard:
    """Build the console; it works with the service of the application that it is mounted in."""
    # A process waits for it, two seconds at most: one that ended meanwhile would leave modules half taken apart, and
    # DuckDB's would complain on standard error.
    Thread(target=_get_ready, name="console").start()
    console = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    add_handlers(console)
    console.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in PAGES:
        console.include_router(router)

    @console.get("/")
    async def first_page() -> RedirectResponse:
        """Lead to the desk, or to sign in first."""
        return RedirectResponse("/desk", 303)

    return Guard(console)  # outside of all, so that pages of our own faults bear the headers too


def _get_ready() -> None:
    warm_up()
    compile_all()
