"""Verification: what the ledger keeps is recomputed from what happened; the book's tables keep to their definition."""

from dataclasses import dataclass
from typing import Any

import psycopg

from features.book.tables import TABLES
from features.errors import BolangguError
from models.decision.workings import replay
from models.policy import policies
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
        return [_columns(connection), *(_check(connection, name) for name in named), _replays(connection)]


def _check(connection: psycopg.Connection[Any], name: str) -> Check:
    found = connection.execute(query(name)).fetchall()
    return Check(name.removeprefix("verify_"), len(found), tuple(found[:EXAMPLES]))


def _replays(connection: psycopg.Connection[Any]) -> Check:
    """Make every limit again from its workings; the same bytes must come out."""
    differing: list[tuple[Any, ...]] = []
    with connection.cursor(name="workings") as cursor:
        for run_id, identity_id, kept in cursor.execute(query("all_workings")):
            try:
                again = replay(kept, policies())
            except BolangguError as error:
                again = str(error)
            if again != kept:
                differing.append((f"{run_id} {identity_id}", kept[:80], again[:80]))
    return Check("replayed_limits", len(differing), tuple(differing[:EXAMPLES]))


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
