"""`/docs`: the OpenAPI document as a page, whose every file comes from here; FastAPI's own loads them from the net."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parent
# The script runs where the console's pages do: it may reach nothing but this service. Swagger UI's icons are `data:`.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
PAGE = (FOLDER / "page.html").read_text(encoding="utf-8")

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs() -> HTMLResponse:
    """Show the OpenAPI document, to read and to try."""
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY})


def add_docs(app: FastAPI) -> None:
    """Add the page and its files: Swagger UI's as a package carries them, and the few lines that start it."""
    app.include_router(router)
    files = StaticFiles(directory=FOLDER / "static", packages=[("fastapi_offline", "static")])
    app.mount("/docs/files", files, name="docs_files")
