"""Forms: what was sent is taken only with the token that this reader's page bore (against forged requests)."""

import hashlib
import hmac
import secrets
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.types import Scope

from features.errors import CallerError

SESSION = "bolanggu_session"
VISITOR = "bolanggu_visitor"
FIELD = "form_token"
_FRESH = "bolanggu_fresh_visitor"
_LOCAL = {"127.0.0.1", "localhost", "::1"}


class ForgedFormError(CallerError):
    """A form did not come from a page of this console."""


def is_secure(request: Request) -> bool:
    """Tell whether cookies may go over TLS only: everywhere but on plain loopback."""
    return request.url.scheme == "https" or request.url.hostname not in _LOCAL


def form_token(request: Request) -> str:
    """Give the token of this reader's forms; it follows from a cookie that no other site can read."""
    return hmac.new(_secret(request).encode(), b"form", hashlib.sha256).hexdigest()


def fresh_visitor(scope: Scope) -> str | None:
    """Give the secret that was drawn for a reader without a cookie, for the answer to set; None where none was."""
    fresh: str | None = scope.get(_FRESH)
    return fresh


async def _checked(request: Request) -> FormData:
    form = await request.form()
    sent = form.get(FIELD)
    if not isinstance(sent, str) or not hmac.compare_digest(sent, form_token(request)):
        raise ForgedFormError("form", request.url.path, "was not sent from a page of yours", "open the page again")
    return form


CheckedForm = Annotated[FormData, Depends(_checked)]


def _secret(request: Request) -> str:
    known = request.cookies.get(SESSION) or request.cookies.get(VISITOR)
    if known:
        return known
    fresh: str = request.scope.setdefault(_FRESH, secrets.token_urlsafe(32))
    return fresh
