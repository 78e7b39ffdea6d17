"""Verification: what the ledger keeps is recomputed from what happened; the book's tables keep to their definition.

What it cannot find, for nothing else that is kept betrays it, the help of `bolanggu db verify` says.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from features.book.tables import TABLES
from features.errors import BolangguError, CallerError
from features.rates import usd_rate
from models.decision.workings import replay
from models.policy import policies
from serving.book.load import tabulate_rates
from serving.database.queries import queries, query
from serving.ledger.course import differences
from serving.ledger.policies import terms_of

_TYPES = {"timestamptz": "timestamp with time zone"}
EXAMPLES = 5
# Days are those of UTC; functions called for each row are planned once, as order checks have them.
_SETTINGS: tuple[LiteralString, ...] = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL plan_cache_mode = force_generic_plan",
    "SET LOCAL jit = off",
)
_AT_ONCE = 2_000  # rows that are fetched at once of those read one by one
# What shows that no ceiling was passed and no counter is off.
CEILINGS = (
    "buyer_exposures", "exporter_exposures", "shared_exposures", "slices", "reservations", "open_covers", "covers",
    "decisions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One thing verified: how many rows break it, and the first of them as (what, kept, recomputed)."""

    name: str
    broken: int
    examples: tuple[tuple[Any, ...], ...]


def verify(connection: psycopg.Connection[Any], only: Collection[str] | None = None) -> list[Check]:
    """Check everything, or only some checks, at one instant; the service may go on working meanwhile."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    named = [name.removeprefix("verify_") for name in queries() if name.startswith("verify_")]
    with connection.transaction():
        for setting in _SETTINGS:
            connection.execute(setting)
        if only is not None:
            return [_check(connection, name) for name in named if name in only]
        tabulate_rates(connection)
        return [
            _columns(connection),
            *(_check(connection, name) for name in named),
            _counted("used_rates", _rates(connection)),
            _counted("policies", _policies(connection)),
            _counted("courses", differences(_rows(connection, "all_lives"))),
            _counted("replayed_limits", _replays(connection)),
        ]


def _check(connection: psycopg.Connection[Any], name: str) -> Check:
    with connection.cursor(name="verify") as cursor:
        return _counted(name, cursor.execute(query(f"verify_{name}")))


def _counted(name: str, found: Iterable[Sequence[Any]]) -> Check:
    """Count what breaks a check and keep the first, however many there are."""
    broken, examples = 0, []
    for row in found:
        broken += 1
        if broken <= EXAMPLES:
            examples.append(tuple(row))
    return Check(name, broken, tuple(examples))


def _rows(connection: psycopg.Connection[Any], name: str) -> Iterator[dict[str, Any]]:
    """Read a statement's rows as they are needed, so that a ledger of any size fits."""
    with connection.cursor(name="rows", row_factory=dict_row) as cursor:
        cursor.itersize = _AT_ONCE
        yield from cursor.execute(query(name))


def _replays(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, str, str]]:
    """Make every limit again from its workings; the same bytes must come out."""
    for row in _rows(connection, "all_workings"):
        kept = row["workings"]
        try:
            again = replay(kept, policies())
        except BolangguError as error:
            again = str(error)
        if again != kept:
            yield f"{row['run_id']} {row['identity_id']}", kept[:80], again[:80]


def _rates(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, str, str]]:
    """Find every rate that decisions were made with again."""
    for currency, day, rate, count, order_id in connection.execute(query("used_rates_of_decisions")).fetchall():
        try:
            again = str(usd_rate(currency, day).usd_cents_per_minor)
            is_same = usd_rate(currency, day).usd_cents_per_minor == rate
        except CallerError as error:
            again, is_same = str(error), False
        if not is_same:
            yield f"{order_id} and {count - 1} more", f"{currency} {day} {rate}", again


def _policies(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, str, str]]:
    """Compare every version that is recorded with its file."""
    known = {policy.version: terms_of(policy) for policy in policies().versions}
    for recorded in _rows(connection, "recorded_policies"):
        version = recorded["policy_version"]
        if version not in known:
            yield version, "recorded", "no file of this version"
            continue
        for name, value in known[version].items():
            if recorded[name] != value:
                yield f"{version} {name}", str(recorded[name]), str(value)


def _columns(connection: psycopg.Connection[Any]) -> Check:
    """Compare the database's columns with `features.book.tables`."""
    wanted = {
        (table.name, field.name, _TYPES.get(field.kind.postgres, field.kind.postgres), field.required)
        for table in TABLES.values()
        for field in table.fields
    }
    found = set(connection.execute(query("book_columns")).fetchall())
    return _counted("columns", sorted(wanted ^ found))
