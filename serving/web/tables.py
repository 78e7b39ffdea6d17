"""Tables that readers sort, filter, page and take away: what the address asks for, applied to rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from features.money import Money

# What a column holds, which decides how it is written and aligned. `usd` is US cents, `money` an amount of any
# currency; `share` is a fraction of one, `figure` one of merit, to four decimals; `sentence` is text that needs room,
# `id` and `grade` such as is not broken.
Kind = Literal[
    "text", "sentence", "id", "grade", "word", "usd", "money", "share", "number", "figure", "day", "instant", "country"
]
AMOUNTS: frozenset[Kind] = frozenset(("usd", "money", "share", "number", "figure"))
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the key of its values, its title (a marked text), what it holds, and where a value leads."""

    key: str
    title: str
    kind: Kind = "text"
    link: Callable[[Row], str | None] | None = None

    @property
    def is_amount(self) -> bool:
        """Tell whether values are amounts, which stand to the right and are looked at from the largest."""
        return self.kind in AMOUNTS


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with their columns.

    Attributes:
        name: prefix of the table's parameters in the address, and name of its export.
        sort: column that orders the rows where the reader asks for none; a leading `-` for falling.
        page_size: rows of a page.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    sort: str = ""
    page_size: int = 25


@dataclass(frozen=True, slots=True)
class View:
    """What a reader sees of a table.

    Attributes:
        rows: one page of them.
        found: how many rows hold what was searched for, on all pages.
        sort: column that orders them, a leading `-` for falling.
    """

    table: Table
    rows: Sequence[Row]
    found: int
    sort: str
    search: str
    page: int
    pages: int
    asked: Mapping[str, str] = field(default_factory=dict)

    def address(self, **changes: str | int) -> str:
        """Give the query of this view with some of its parameters (`sort`, `search`, `page`, `export`) changed."""
        own = {f"{self.table.name}_{name}": str(value) for name, value in changes.items()}
        kept = {name: value for name, value in self.asked.items() if name not in own}
        if "page" not in changes:
            kept.pop(f"{self.table.name}_page", None)
        return "?" + urlencode(kept | {name: value for name, value in own.items() if value})

    def others(self) -> dict[str, str]:
        """Give the parameters that are not this table's search, for its form to keep."""
        mine = {f"{self.table.name}_search", f"{self.table.name}_page"}
        return {name: value for name, value in self.asked.items() if name not in mine}

    def sorted_by(self, key: str) -> Literal["ascending", "descending"] | None:
        """Tell whether and how a column orders the rows."""
        return {key: "ascending", f"-{key}": "descending"}.get(self.sort)  # type: ignore[return-value]

    def turned(self, column: Column) -> str:
        """Give the order that a click on a column's title asks for: amounts fall first, words rise."""
        if self.sorted_by(column.key) is None:
            return f"-{column.key}" if column.is_amount else column.key
        return column.key if self.sort.startswith("-") else f"-{column.key}"


def view(table: Table, asked: QueryParams, written: Callable[[Column, Any], str]) -> View:
    """Apply what the address asks for; what it asks and the table does not have is left out.

    Args:
        table: all rows.
        asked: the address's parameters.
        written: writes a value as the reader sees it, which is what is searched in.
    """
    sort = asked.get(f"{table.name}_sort", table.sort)
    sort = sort if sort.removeprefix("-") in {column.key for column in table.columns} else table.sort
    search = asked.get(f"{table.name}_search", "").strip()
    rows = ordered([row for row in table.rows if holds(table, row, search, written)], sort)
    pages = max(1, -(-len(rows) // table.page_size))
    number = asked.get(f"{table.name}_page", "1")
    page = min(max(int(number), 1), pages) if number.isdecimal() and len(number) < 9 else 1
    shown = rows[(page - 1) * table.page_size : page * table.page_size]
    return View(table, shown, len(rows), sort, search, page, pages, dict(asked))


def holds(table: Table, row: Row, search: str, written: Callable[[Column, Any], str]) -> bool:
    """Tell whether a row holds every word of a search, in whichever column."""
    if not search:
        return True
    text = " ".join(written(column, row[column.key]) for column in table.columns).casefold()
    return all(word in text for word in search.casefold().split())


def ordered(rows: Sequence[Row], sort: str) -> list[Row]:
    """Order rows by a column; what is not known comes last either way."""
    if not sort:
        return list(rows)
    key = sort.removeprefix("-")
    known = [row for row in rows if row[key] is not None]
    known.sort(key=lambda row: _place(row[key]), reverse=sort.startswith("-"))
    return known + [row for row in rows if row[key] is None]


def _place(value: Any) -> Any:  # noqa: ANN401 - a cell
    """Give what a cell is ordered by: amounts of one currency stand together."""
    return (value.currency, value.minor) if isinstance(value, Money) else value
