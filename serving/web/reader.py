"""Who reads a page: the principal of the session whose cookie the browser sends."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from serving.access.principal import Principal
from serving.accounts.sessions import principal_of
from serving.api.service import Served
from serving.errors import NotSignedInError
from serving.web.forms import SESSION


async def _signed_in(request: Request, service: Served) -> Principal:
    token = request.cookies.get(SESSION)
    principal = await principal_of(service.pool, token) if token else None
    if principal is None:
        raise NotSignedInError("reader", None, "is not signed in, or was idle too long", "sign in")
    request.state.principal = principal
    return principal


Reader = Annotated[Principal, Depends(_signed_in)]


def known_reader(request: Request) -> Principal | None:
    """Give who reads, where the page has found out already; error pages come from anywhere."""
    found: Principal | None = getattr(request.state, "principal", None)
    return found


def to_sign_in(request: Request) -> RedirectResponse:
    """Send a reader to sign in and, if it was a page and no form, back here afterwards."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = here if request.method == "GET" else "/"
    return RedirectResponse(f"/sign-in?back={quote(back, safe='')}", 303)


def own_path(path: str | None) -> str:
    """Take a path to go back to only where it leads to this console itself."""
    is_own = path is not None and path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path
    return path if path is not None and is_own and path.isprintable() else "/"
