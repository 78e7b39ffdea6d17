"""Covers lived through once more: each entry, and the row of the book that it made, must follow from the events."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from pydantic import ValidationError

from features.errors import CallerError
from serving.ledger.book import book_row
from serving.ledger.cover import Cover, after, after_recorded
from serving.ledger.covers import event_of
from serving.ledger.events import Event

# What a cover takes from its decision; all else follows from its events.
_OF_DECISION = tuple(each.name for each in fields(Cover) if each.default is MISSING)


class Difference(NamedTuple):
    """Where a cover's entries part from its course: the entry, what is kept, what follows."""

    what: str
    kept: str
    again: str


class _Course:
    """A cover on its way through its entries, and on whose account it stands."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.cover = Cover(**{name: row[name] for name in _OF_DECISION})
        self.identity: str | None = row["first_identity"]

    def step(self, row: Mapping[str, Any]) -> tuple[Any, Any] | None:
        """Take an entry; give what is kept and what follows where they differ."""
        if row["event"] == "reserve":
            return None  # compared with its decision, for all covers at once
        if row["event"] == "merge":
            return self._move(row)
        event, before = event_of(row), self.cover
        self.cover = cover = (after_recorded if row["is_over_loss"] else after)(event, before)
        moved = cover.exposure_cents - before.exposure_cents
        identity = self.identity if moved else row["identity_id"]  # nothing outstanding is moved by no merge
        kept = (row["exposure_cents"], row["year_cents"], row["identity_id"], event.day and row["happened_on"])
        follows = (moved, cover.year_cents - before.year_cents, identity, event.day)
        return (kept, follows) if kept != follows else _of_book(event, before, cover, row["book_row"])

    def _move(self, row: Mapping[str, Any]) -> tuple[Any, Any] | None:
        """Leave the account of one identity, then enter another's; each with all that is outstanding."""
        outstanding, identity = self.cover.exposure_cents, row["identity_id"]
        kept = (row["exposure_cents"], row["year_cents"], identity)
        if self.identity is None:
            self.identity, follows = identity, (outstanding, 0, identity)
        else:
            follows = (-outstanding, 0, self.identity)
            self.identity = None
        return (kept, follows) if kept != follows else None


def differences(rows: Iterable[Mapping[str, Any]]) -> Iterator[Difference]:
    """Tell the first difference of each cover whose entries do not follow; rows are those of `all_lives`."""
    for cover_id, life in groupby(rows, key=itemgetter("cover_id")):
        found = _first(list(life))
        if found is not None:
            yield Difference(f"cover {cover_id} {found[0]}", *map(_short, found[1:]))


def _first(life: list[Mapping[str, Any]]) -> tuple[str, Any, Any] | None:
    course = _Course(life[0])
    for row in life:
        try:
            differing = course.step(row)
        except (CallerError, ValidationError) as error:
            return row["event"], row["details"], f"cannot be: {error}"
        if differing is not None:
            return row["event"], *differing
    return None


def _of_book(event: Event, before: Cover, cover: Cover, kept: Mapping[str, Any] | None) -> tuple[Any, Any] | None:
    """Compare the row of the book that the event made."""
    written = book_row(event, before, cover)
    if written is None:
        return None
    follows = {"order_id": cover.order_id, "currency": cover.currency} | written[1]
    follows = {name: value.isoformat() if isinstance(value, date) else value for name, value in follows.items()}
    if kept is None:
        return "no row in the book", follows
    differing = [name for name, value in follows.items() if kept.get(name) != value]
    if not differing:
        return None
    return {name: kept.get(name) for name in differing}, {name: follows[name] for name in differing}


def _short(value: object) -> str:
    return str(value)[:200]
