"""`/sign-in`, `/sign-out` and the choice of the language."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from serving.access.principal import Principal
from serving.accounts.accounts import check_password
from serving.accounts.sessions import LONGEST_S, end_session, start_session
from serving.api.service import Served
from serving.web.forms import SESSION, CheckedForm, is_secure
from serving.web.languages import remember
from serving.web.languages import untranslated as _
from serving.web.reader import own_path
from serving.web.render import Notice, page, sentence

router = APIRouter()

_WRONG = _("Name and password do not match, or the account is locked for a quarter of an hour after five tries.")


@router.get("/sign-in", response_class=HTMLResponse)
async def show_sign_in(request: Request, service: Served, back: str = "/") -> Response:
    """Ask for name and password, or lead to the provider."""
    return sign_in_page(request, service, own_path(back))


@router.post("/sign-in")
async def sign_in(request: Request, service: Served, form: CheckedForm) -> Response:
    """Check name and password and start a session."""
    name, back = str(form.get("name", "")), own_path(str(form.get("back", "/")))
    principal = await check_password(service.pool, name, str(form.get("password", "")))
    if principal is None:
        wrong = Notice(sentence(request, _WRONG), is_error=True)
        return sign_in_page(request, service, back, name=name, notice=wrong, status=401)
    return await signed_in(request, service, principal, back, is_local=True)


@router.post("/sign-out")
async def sign_out(request: Request, service: Served, form: CheckedForm) -> Response:
    """End the session."""
    assert form is not None, "the form's token was checked"
    if token := request.cookies.get(SESSION):
        await end_session(service.pool, token)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(SESSION)
    return response


@router.post("/language")
async def choose_language(form: CheckedForm) -> Response:
    """Remember the language and go back."""
    response = RedirectResponse(own_path(str(form.get("back", "/"))), 303)
    remember(response, "en" if form.get("language") == "en" else "zh")
    return response


async def signed_in(
    request: Request, service: Served, principal: Principal, back: str, *, is_local: bool
) -> RedirectResponse:
    """Start a session and lead on; the cookie ends with the browser or the working day."""
    token = await start_session(service.pool, principal, is_local=is_local)
    response = RedirectResponse(back, 303)
    response.set_cookie(SESSION, token, max_age=LONGEST_S, httponly=True, samesite="lax", secure=is_secure(request))
    return response


def sign_in_page(
    request: Request, service: Served, back: str, name: str = "", notice: Notice | None = None, status: int = 200
) -> HTMLResponse:
    """Show the form, and the way to the provider where there is one."""
    provider = service.settings.oidc_title if service.settings.oidc_issuer else None
    return page(request, "sign_in.html", notice=notice, status=status, back=back, name=name, provider=provider)
