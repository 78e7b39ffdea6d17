"""Constants of a mapping, tried before any file is read: one that no row could pass is the mapping's fault."""

from pathlib import Path

import duckdb

from features.book.tables import TABLES, Field
from features.errors import MappingError
from features.importing.cells import cell
from features.importing.reasons import REASONS
from features.importing.rules import Feed, Mapping, Rule
from features.importing.steps import literal
from features.importing.texts import Row
from features.money import USD


def check_constants(connection: duckdb.DuckDBPyConnection, path: Path, mapping: Mapping) -> None:
    """Try every constant column.

    Raises:
        MappingError: a constant is not what its column may hold.
    """
    for key, feed in mapping.feeds():
        table = TABLES[key.split(".")[1]]
        for name, rule in feed.columns.items():
            if rule.constant is not None and rule.plus_days is None:
                reason = _fault(connection, mapping, feed, table.field(name))
                if reason is not None:
                    where = f"mapping {path}, key {key}.columns.{name}.constant"
                    raise MappingError(where, rule.constant, REASONS[reason], "write another constant")


def _fault(connection: duckdb.DuckDBPyConnection, mapping: Mapping, feed: Feed, field: Field) -> str | None:
    row = Row({}, mapping.sources[feed.source])
    # An amount is read in its row's currency; where that comes from a column, two digits stand in for it.
    currency = feed.columns.get("currency", Rule(constant=USD)).constant or USD
    reason = cell(field, feed.columns[field.name], row, literal(currency)).reason
    found = connection.execute(f"SELECT {reason} FROM ({row.steps.over('SELECT 1')})").fetchall()[0][0]
    return None if found is None else str(found)
