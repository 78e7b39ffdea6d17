"""How lists are asked for and answered: a page by cursor, or the whole of it as a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from serving.api.paging import Cursor, Most, next_cursor
from serving.api.tables import MOST_ROWS, Format, Wanted, as_file, format_of

T = TypeVar("T")
P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Listing:
    """What of a list is asked for, and in which form.

    Attributes:
        most: most rows of the answer.
    """

    form: Format
    cursor: str | None
    most: int

    @property
    def fetched(self) -> int:
        """How many rows to look for: one more than is answered tells whether another page follows."""
        return self.most + 1

    def answer(
        self,
        name: str,
        page: type[P],
        found: Sequence[T],
        line: Callable[[T], BaseModel],
        place: Callable[[T], object],
    ) -> Response | P:
        """Write out what was found, as `page` or as a file called `name`; `place` tells where a row stands in order."""
        items = [line(each) for each in found[: self.most]]
        if self.form != "json":
            return as_file(name, items, self.form)
        return page.model_validate({"items": items, "next": next_cursor(found, self.most, place)})


async def _listing(request: Request, cursor: Cursor = None, limit: Most = 50, kind: Wanted = None) -> Listing:
    form = format_of(request, kind)
    return Listing(form, cursor, limit if form == "json" else MOST_ROWS)


Listed = Annotated[Listing, Depends(_listing)]
