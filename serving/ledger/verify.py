"""Verification: what the ledger keeps is recomputed from what happened; the book's tables keep to their definition."""

from dataclasses import dataclass
from typing import Any

import psycopg

from features.book.tables import TABLES
from serving.database.queries import queries, query

_TYPES = {"timestamptz": "timestamp with time zone"}
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One thing verified: how many rows break it, and the first of them as (what, kept, recomputed)."""

    name: str
    broken: int
    examples: tuple[tuple[Any, ...], ...]


def verify(connection: psycopg.Connection[Any]) -> list[Check]:
    """Check everything at one instant; the service may go on working meanwhile."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with connection.transaction():
        named = [name for name in queries() if name.startswith("verify_")]
        return [_columns(connection), *(_check(connection, name) for name in named)]


def _check(connection: psycopg.Connection[Any], name: str) -> Check:
    found = connection.execute(query(name)).fetchall()
    return Check(name.removeprefix("verify_"), len(found), tuple(found[:EXAMPLES]))


def _columns(connection: psycopg.Connection[Any]) -> Check:
    """Compare the database's columns with `features.book.tables`."""
    wanted = {
        (table.name, field.name, _TYPES.get(field.kind.postgres, field.kind.postgres), field.required)
        for table in TABLES.values()
        for field in table.fields
    }
    found = set(connection.execute(query("book_columns")).fetchall())
    differing = sorted(wanted ^ found)
    return Check("columns", len(differing), tuple(differing[:EXAMPLES]))
