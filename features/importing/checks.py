"""What rows say of one another: conflicting versions, facts about no order, and repetitions."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from features.book.tables import ORDERS, Table
from features.importing.stage import differing, stage

_ROW = "feed, file, line"


@dataclass(frozen=True, slots=True)
class AboutOrders:
    """A table whose rows are about orders: the word for one, the day that it happened, and what that day may not be."""

    word: str
    day: str
    breach: str
    reason: str


ABOUT_ORDERS = {
    "payments": AboutOrders("payment", "paid_on", "paid_on < ordered_on", "payment_before_order"),
    "overdue_notices": AboutOrders("notice", "reported_on", "reported_on < due_on", "notice_before_due"),
    "claims": AboutOrders("claim", "filed_on", "filed_on < ordered_on", "claim_before_order"),
}


def check_rows(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], together: Sequence[int]) -> None:
    """Fill `rejects` and `repeats` from the staged rows; `together` numbers the files whose rows stand or fall whole.

    `rejects` has a row for each fault (table, feed, file, line, field, value, reason), `repeats` one for each row
    that repeats another. The order of rows and their division into files change nothing.
    """
    place = "tbl VARCHAR, feed INTEGER, file INTEGER, line BIGINT"
    connection.execute(f"CREATE TABLE rejects ({place}, field VARCHAR, value VARCHAR, reason VARCHAR)")
    connection.execute(f"CREATE TABLE repeats ({place})")
    for table in tables:
        _own_faults(connection, table)
        _several(connection, table)
        _conflicts(connection, table)
    facts = [table for table in tables if table.name in ABOUT_ORDERS]
    if facts:
        _known_orders(connection)
        _about_orders(connection, facts)
    if together:
        _fall_together(connection, tables, facts, together)
    for table in tables:
        _repetitions(connection, table)


def clean(table: Table) -> str:
    """Write the relation of a table's staged rows that nothing has rejected so far."""
    fallen = f"(SELECT {_ROW} FROM rejects WHERE tbl = '{table.name}')"
    return f"(SELECT * FROM {stage(table)} ANTI JOIN {fallen} USING ({_ROW}) WHERE faults IS NULL)"


def accepted(table: Table) -> str:
    """Write the relation of a table's rows that go into the book."""
    repeated = f"(SELECT {_ROW} FROM repeats WHERE tbl = '{table.name}')"
    return f"(SELECT * FROM {clean(table)} ANTI JOIN {repeated} USING ({_ROW}))"


def _own_faults(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    connection.execute(f"""
        INSERT INTO rejects
        SELECT '{table.name}', {_ROW}, fault.field, fault.value, fault.reason
        FROM (SELECT {_ROW}, unnest(faults) AS fault FROM {stage(table)} WHERE faults IS NOT NULL)
    """)


def _several(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Keep the keys that come more than once, mostly few, so that what follows need not look at every row."""
    key = ", ".join(table.key)
    connection.execute(f"""
        CREATE TABLE several_{table.name} AS
        SELECT {key} FROM {stage(table)} WHERE faults IS NULL GROUP BY {key} HAVING count(*) > 1
    """)


def _among_several(table: Table) -> str:
    return f"(SELECT * FROM {clean(table)} SEMI JOIN several_{table.name} USING ({', '.join(table.key)}))"


def _settled(table: Table) -> str:
    """Name what two rows of one key and recorded_at must agree on: all but the names of a table of names."""
    names = [name for name in differing(table) if not (table.names and name == "name")]
    return f"row({', '.join(names)})"


def _conflicts(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    version = ", ".join((*table.key, "recorded_at"))
    connection.execute(f"""
        INSERT INTO rejects
        SELECT '{table.name}', {_ROW}, '{table.key[0]}', CAST({table.key[0]} AS VARCHAR), 'conflicting_version'
        FROM {_among_several(table)} SEMI JOIN (
            SELECT {version} FROM {_among_several(table)} GROUP BY ALL HAVING count(DISTINCT {_settled(table)}) > 1
        ) USING ({version})
    """)


def _known_orders(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"""
        CREATE TABLE known_orders AS
        SELECT order_id, min(ordered_on) AS ordered_on, min(due_on) AS due_on FROM {clean(ORDERS)} GROUP BY order_id
    """)


def _about_orders(connection: duckdb.DuckDBPyConnection, facts: Sequence[Table]) -> None:
    refused = f"SELECT order_id FROM {stage(ORDERS)} SEMI JOIN rejects USING ({_ROW}) WHERE order_id IS NOT NULL"
    for table in facts:
        about = ABOUT_ORDERS[table.name]
        connection.execute(f"""
            INSERT INTO rejects
            WITH found AS (
                SELECT fact.*, known.order_id AS known_id, known.ordered_on, known.due_on
                FROM {clean(table)} AS fact LEFT JOIN known_orders AS known USING (order_id)
            )
            SELECT '{table.name}', {_ROW}, 'order_id', order_id,
                '{about.word}' || CASE WHEN order_id IN ({refused}) THEN '_of_rejected_order' ELSE '_without_order' END
            FROM found WHERE known_id IS NULL
            UNION ALL
            SELECT '{table.name}', {_ROW}, '{about.day}', CAST({about.day} AS VARCHAR), '{about.reason}'
            FROM found WHERE {about.breach}
        """)


def _fall_together(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], facts: Sequence[Table], files: Sequence[int]
) -> None:
    """Reject what shares an outside row with a reject, and facts about orders thus rejected, until nothing falls."""
    listed = ", ".join(map(str, files))
    before = -1
    while before != (fallen := _count_rejects(connection)):
        before = fallen
        for table in tables:
            connection.execute(f"""
                INSERT INTO rejects
                SELECT '{table.name}', {_ROW}, '', NULL, 'rejected_together'
                FROM {clean(table)} SEMI JOIN rejects USING (file, line) WHERE file IN ({listed})
            """)
        if facts:
            connection.execute(f"""
                DELETE FROM known_orders WHERE order_id IN (
                    SELECT order_id FROM known_orders ANTI JOIN {clean(ORDERS)} USING (order_id)
                )
            """)
            _about_orders(connection, facts)


def _count_rejects(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.execute("SELECT count(*) FROM rejects").fetchall()[0][0])


def _repetitions(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Find rows that say nothing new: equal to another, or to the version before in all but a later recorded_at.

    In a table of names a spelling is new once in a run of rows that agree on the rest, so that names entered by
    turns do not become version upon version.
    """
    key, settled, said = ", ".join(table.key), _settled(table), f"row({', '.join(differing(table))})"
    ordered = f"recorded_at, {said}, {_ROW}"
    connection.execute(f"""
        INSERT INTO repeats
        WITH turns AS (
            SELECT *, {settled} IS DISTINCT FROM lag({settled}) OVER (PARTITION BY {key} ORDER BY {ordered}) AS turned
            FROM {_among_several(table)}
        ), runs AS (
            SELECT *, sum(CAST(turned AS INTEGER)) OVER (PARTITION BY {key} ORDER BY {ordered}) AS run FROM turns
        )
        SELECT '{table.name}', {_ROW} FROM runs
        QUALIFY row_number() OVER (PARTITION BY {key}, run, {said} ORDER BY {ordered}) > 1
    """)
