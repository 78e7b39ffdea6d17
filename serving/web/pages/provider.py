"""`/sign-in/provider`: to an OpenID provider and back."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from serving.accounts.openid import Pending, come_back, leave_for_provider
from serving.api.service import Served, Service
from serving.errors import NotFoundError, NotSignedInError
from serving.web.faults import in_words
from serving.web.forms import is_secure
from serving.web.languages import language_of_page
from serving.web.pages.sign_in import sign_in_page, signed_in
from serving.web.reader import own_path
from serving.web.render import Notice

router = APIRouter()
PENDING = "bolanggu_pending"
_BACK = "/sign-in/provider/back"
_LONGEST_S = 600


@router.get("/sign-in/provider")
async def leave(request: Request, service: Served, back: str = "/") -> Response:
    """Lead to the provider."""
    _require_provider(service)
    address, pending = await leave_for_provider(service.settings, _redirect_uri(request), own_path(back))
    response = RedirectResponse(address, 303)
    # Lax, for the way back starts at the provider.
    response.set_cookie(
        PENDING, pending.written(), _LONGEST_S, path=_BACK, httponly=True, samesite="lax", secure=is_secure(request)
    )
    return response


@router.get(_BACK)
async def back_from_provider(request: Request, service: Served) -> Response:
    """Take the provider's answer and start a session, or say why not and offer to begin again."""
    _require_provider(service)
    back = "/"
    response: Response
    try:
        pending = Pending.read(request.cookies.get(PENDING))
        back = own_path(pending.back)
        principal = await come_back(service.settings, _redirect_uri(request), str(request.url), pending)
        response = await signed_in(request, service, principal, back, is_local=False)
    except NotSignedInError as error:
        # Not by way of the address that was answered to: its code is used up.
        notice = Notice(in_words(str(error), language_of_page(request)) or str(error), is_error=True)
        response = sign_in_page(request, service, back, notice=notice, status=401)
    response.delete_cookie(PENDING, path=_BACK)
    return response


def _require_provider(service: Service) -> None:
    if service.settings.oidc_issuer is None:
        raise NotFoundError("OpenID provider", None, "is not set", "set BOLANGGU_OIDC_ISSUER")


def _redirect_uri(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{_BACK}"
