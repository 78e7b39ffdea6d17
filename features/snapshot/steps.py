"""The feature SQL in order: one definition in DuckDB's dialect, rendered for any engine.

Each step is one SELECT in `features/sql/NAME.sql` over the canonical tables (`orders`, `payments`, ...), the inputs
`days` and `usd_rates`, and the steps before it. Figures are integers until the last division, so that every
engine and any number of threads come to the same values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa
import sqlglot
from sqlglot import exp

from features.catalogue import CATALOGUE, FAMILIES

_SQL = Path(__file__).parents[1] / "sql"
_ARROW = {"integer": pa.int64(), "real": pa.float64()}

SCHEMA = pa.schema(
    [pa.field("buyer_id", pa.string(), nullable=False), pa.field("as_of", pa.date32(), nullable=False)]
    + [pa.field(feature.name, _ARROW[feature.kind]) for feature in CATALOGUE]
)


# Hears which step is being taken.
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One SELECT; `kept` where several later steps read it, so that an engine had better store the result."""

    name: str
    kept: bool = False


# What one buyer's statement has to know of other buyers: totals of exporters, countries and the book, and the part of
# each buyer in them. Each is a SELECT over the steps, in `features/sql/recorded/`, and a table of the schema `peers`.
RECORDED = ("pairs", "buyers", "exporters", "countries", "book")

STEPS = (
    Step("buyer_keys", kept=True),
    Step("exporter_keys", kept=True),
    Step("order_versions", kept=True),
    Step("payment_versions", kept=True),
    Step("tangled_orders", kept=True),
    Step("tangled_steps"),
    Step("order_steps"),
    Step("order_days", kept=True),
    Step("claim_versions"),
    Step("claim_days", kept=True),
    Step("claim_sums"),
    Step("notice_days"),
    Step("notice_sums", kept=True),
    Step("buyer_days", kept=True),
    Step("buyer_parts", kept=True),
    Step("buyer_ever", kept=True),
    Step("buyer_names", kept=True),
    Step("pair_days", kept=True),
    Step("buyer_pairs", kept=True),
    Step("buyer_record", kept=True),
    Step("exporter_record", kept=True),
    Step("country_record", kept=True),
    Step("book_record", kept=True),
    Step("peers", kept=True),
    Step("elsewhere"),
    Step("country_classes"),
)


def silent(step: str) -> None:
    """Tell nobody."""


@cache
def render(step: str, dialect: str) -> str:
    """Give a step's SELECT in an engine's dialect (duckdb, spark or postgres)."""
    return _told(_parsed(step), dialect)


@cache
def closing(dialect: str) -> str:
    """Give the SELECT that makes all families one row for each buyer and day, columns in the catalogue's order."""
    return _told(_closing(), dialect)


@cache
def spent() -> dict[str, frozenset[str]]:
    """Name, by the kept step that is the last to read them, the kept steps that an engine may let go of after it."""
    read_later = frozenset().union(_read_by(_closing()), *(_read_by(_parsed(f"recorded/{name}")) for name in RECORDED))
    found: dict[str, frozenset[str]] = {}
    for step in reversed([each.name for each in STEPS if each.kept]):
        found[step] = _sources(step) - read_later
        read_later |= found[step]
    return found


@cache
def _sources(step: str) -> frozenset[str]:
    return _read_by(_parsed(step))


def _read_by(select: exp.Select) -> frozenset[str]:
    """Name the kept steps that a SELECT reads, be it through steps that are not kept."""
    kept = {step.name: step.kept for step in STEPS}
    named = {table.name for table in select.find_all(exp.Table)} & kept.keys()
    return frozenset().union(*(frozenset({name}) if kept[name] else _sources(name) for name in named))


def _closing() -> exp.Select:
    """Join the families; those that need the same step share its join, so an alias means the same in each of them."""
    select = _parsed("snapshot").copy()
    joins = {join.alias_or_name: join for join in select.args["joins"]}
    columns: dict[str, exp.Expr] = {}
    for family in FAMILIES:
        part = _parsed(f"{family}_features").copy()
        columns |= {column.alias_or_name: column for column in part.expressions}
        for join in part.args["joins"]:
            assert joins.setdefault(join.alias_or_name, join) == join, f"{family}: {join.sql()} has another's alias"
    select.set("joins", list(joins.values()))
    return select.select(*(columns[feature.name] for feature in CATALOGUE))


@cache
def _parsed(step: str) -> exp.Select:
    return sqlglot.parse_one((_SQL / f"{step}.sql").read_text(encoding="utf-8"), read="duckdb", into=exp.Select)


def _told(select: exp.Expr, dialect: str) -> str:
    """Render in a dialect; sums are of whole numbers and come back as BIGINT, for engines disagree about their type."""
    return select.transform(_whole).sql(dialect, comments=False)


def _whole(node: exp.Expr) -> exp.Expr:
    summed = node.this if isinstance(node, exp.Filter) else node
    inside = isinstance(node.parent, exp.Filter | exp.Cast)
    return exp.cast(node, "BIGINT") if isinstance(summed, exp.Sum) and not inside else node
