"""Pages by cursor: each page names the place where the next one begins, so that rows that come meanwhile shift none."""

import base64
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, TypeVar

from fastapi import Query

from features.errors import CallerError

T = TypeVar("T")

Cursor = Annotated[str | None, Query(max_length=300, description="`next` of the page before; the first page without")]
Most = Annotated[int, Query(ge=1, le=500, description="most rows of a page")]


def next_cursor(found: Sequence[T], most: int, place: Callable[[T], object]) -> str | None:
    """Name the next page, where more than a page was found; `place` tells where a row stands in the order."""
    if len(found) <= most:
        return None
    return base64.urlsafe_b64encode(str(place(found[most - 1])).encode()).decode().rstrip("=")


def opened(cursor: str | None) -> str | None:
    """Read the place out of a cursor.

    Raises:
        CallerError: it is none of ours.
    """
    if cursor is None:
        return None
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError as error:  # what base64 and UTF-8 refuse, each by an error of its own kind
        raise _no_cursor(cursor) from error
    if "\0" in place:  # no name has it, and PostgreSQL refuses it
        raise _no_cursor(cursor)
    return place


def parsed(cursor: str | None) -> int | None:
    """Read a place that is a number.

    Raises:
        CallerError: it is none of ours.
    """
    place = opened(cursor)
    if place is None:
        return None
    if not place.isascii() or not place.isdigit() or len(place) > 18:
        raise _no_cursor(cursor)
    return int(place)


def dated(cursor: str | None) -> tuple[date, str] | None:
    """Read a place that is a day and a name.

    Raises:
        CallerError: it is none of ours.
    """
    place = opened(cursor)
    if place is None:
        return None
    day, _, name = place.partition(" ")
    try:
        found = date.fromisoformat(day)
    except ValueError as error:
        raise _no_cursor(cursor) from error
    if not name:
        raise _no_cursor(cursor)
    return found, name


def _no_cursor(cursor: str | None) -> CallerError:
    return CallerError("cursor", cursor, "is none of this list", "use `next` of the page before, or leave it out")
