"""`/models`: the champion, what wants its place, and how the book is graded by which model."""

from collections.abc import Sequence
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from models.policy import policies
from serving.api.service import Served
from serving.models.shelf import ModelOnShelf, list_models
from serving.portfolio.book import Book, read_book
from serving.web.reader import Reader
from serving.web.render import page

router = APIRouter()


@router.get("/models", response_class=HTMLResponse)
async def show_models(request: Request, service: Served, reader: Reader) -> Response:
    """Show what is in use and what lies on the shelf beside it."""
    shelf = await to_thread.run_sync(lambda: list_models(reader, service.settings.home))
    book = await read_book(service.pool, reader)
    return page(
        request,
        "models.html",
        reader,
        champion=next((each for each in shelf if each.place == "champion"), None),
        others=[each for each in shelf if each.place != "champion"],
        definition=_definition(shelf),
        grades=_grades(book),
    )


def _definition(shelf: Sequence[ModelOnShelf]) -> dict[str, Any]:
    """Give what counted as default for the champion."""
    return next((each.definition for each in shelf if each.place == "champion"), {})


def _grades(book: Book) -> list[dict[str, Any]]:
    """Set the bounds of each grade beside the share of buyers that has it."""
    rated = sum(each.buyers for each in book.by_grade if each.key != "none")
    held = {each.key: each.buyers for each in book.by_grade}
    return [
        {
            "name": grade.name,
            "max_pd": grade.max_pd,
            "buyers": (buyers := held.get(grade.name, 0)),
            "share": buyers / rated,
        }
        for grade in policies().version(book.policy_version).grades
        if rated
    ]
