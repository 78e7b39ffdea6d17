"""What stands around every page: security headers, and a cookie for forms of readers who have not signed in."""

import time
from http.cookies import SimpleCookie
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.web.forms import VISITOR, fresh_visitor, is_secure

# Nothing but this console's own files: no inline script or style, no frame, no form that posts elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """The middleware of all pages."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to what the console answers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        started = time.perf_counter()

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Server-Timing"] = f"page;dur={(time.perf_counter() - started) * 1000:.1f}"
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)  # a report bears a policy of its own
                # A page is for one reader; the console's files are asked for anew, and mostly not changed.
                headers.setdefault("Cache-Control", "no-cache" if "/static/" in scope["path"] else "no-store")
                if (fresh := fresh_visitor(scope)) is not None:
                    headers.append("Set-Cookie", _visitor_cookie(fresh, is_secure(Request(scope))))
            await send(message)

        await self.app(scope, receive, send_guarded)


def _visitor_cookie(value: str, secure: bool) -> str:
    cookie = SimpleCookie({VISITOR: value})
    attributes: dict[str, Any] = {"path": "/", "httponly": True, "samesite": "Strict", "secure": secure}
    cookie[VISITOR].update(attributes)
    return cookie.output(header="").strip()
