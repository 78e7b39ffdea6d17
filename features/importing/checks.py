"""What rows say of one another: conflicting versions, facts about no order, and repetitions."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from features.book.tables import TABLES, Table
from features.importing.stage import counted, stage

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
        _conflicts(connection, table)
    _orders_known(connection, tables)
    for table in tables:
        if table.name in ABOUT_ORDERS:
            _about_orders(connection, table, ABOUT_ORDERS[table.name])
    if together:
        _fall_together(connection, tables, together)
    for table in tables:
        _repetitions(connection, table)


def clean(table: Table) -> str:
    """Write the relation of a table's staged rows that nothing has rejected so far."""
    fallen = f"(SELECT {_ROW} FROM rejects WHERE tbl = '{table.name}')"
    return f"(SELECT * FROM {stage(table)} ANTI JOIN {fallen} USING ({_ROW}) WHERE faults IS NULL)"


def accepted(table: Table) -> str:
    """Write the relation of a table's rows that go into the book."""
    return f"(SELECT * FROM {clean(table)} ANTI JOIN (SELECT {_ROW} FROM repeats WHERE tbl = '{table.name}') USING ({_ROW}))"


def _own_faults(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    connection.execute(
        f"INSERT INTO rejects SELECT '{table.name}', {_ROW}, fault.field, fault.value, fault.reason "
        f"FROM (SELECT {_ROW}, unnest(faults) AS fault FROM {stage(table)} WHERE faults IS NOT NULL)"
    )


def _settled(table: Table) -> str:
    """Name what two rows of one key and recorded_at must agree on: all but the names of a table of names."""
    names = [field.name for field in counted(table) if not (table.names and field.name == "name")]
    return f"row({', '.join(names) or 'NULL'})"


def _conflicts(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    key = ", ".join((*table.key, "recorded_at"))
    connection.execute(
        f"INSERT INTO rejects SELECT '{table.name}', {_ROW}, '{table.key[0]}', CAST({table.key[0]} AS VARCHAR), "
        f"'conflicting_version' FROM {clean(table)} SEMI JOIN (SELECT {key} FROM {clean(table)} GROUP BY {key} "
        f"HAVING count(*) > 1 AND count(DISTINCT {_settled(table)}) > 1) USING ({key})"
    )


def _orders_known(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    orders = TABLES["orders"]
    if orders in tables:
        connection.execute(
            "CREATE TABLE known_orders AS SELECT order_id, min(ordered_on) AS ordered_on, min(due_on) AS due_on "
            f"FROM {clean(orders)} GROUP BY order_id"
        )


def _about_orders(connection: duckdb.DuckDBPyConnection, table: Table, about: AboutOrders) -> None:
    refused = f"SELECT order_id FROM {stage(TABLES['orders'])} WHERE order_id IS NOT NULL"
    connection.execute(
        f"INSERT INTO rejects WITH found AS (SELECT fact.*, known.order_id AS known_id, known.ordered_on, known.due_on "
        f"FROM {clean(table)} AS fact LEFT JOIN known_orders AS known USING (order_id)) "
        f"SELECT '{table.name}', {_ROW}, 'order_id', order_id, CASE WHEN order_id IN ({refused}) "
        f"THEN '{about.word}_of_rejected_order' ELSE '{about.word}_without_order' END FROM found WHERE known_id IS NULL "
        f"UNION ALL SELECT '{table.name}', {_ROW}, '{about.day}', CAST({about.day} AS VARCHAR), '{about.reason}' "
        f"FROM found WHERE {about.breach}"
    )


def _fall_together(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], files: Sequence[int]) -> None:
    """Reject what shares an outside row with a reject, and facts about orders thus rejected, until nothing falls."""
    listed = ", ".join(map(str, files))
    while True:
        before = connection.execute("SELECT count(*) FROM rejects").fetchall()
        for table in tables:
            connection.execute(
                f"INSERT INTO rejects SELECT '{table.name}', {_ROW}, '', NULL, 'rejected_together' FROM {clean(table)} "
                f"WHERE file IN ({listed}) AND (file, line) IN (SELECT (file, line) FROM rejects)"
            )
        connection.execute(
            f"DELETE FROM known_orders WHERE order_id NOT IN (SELECT order_id FROM {clean(TABLES['orders'])})"
        )
        for table in tables:
            if table.name in ABOUT_ORDERS:
                _about_orders(connection, table, ABOUT_ORDERS[table.name])
        if before == connection.execute("SELECT count(*) FROM rejects").fetchall():
            return


def _repetitions(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Find rows that say nothing new: equal to another, or to the version before in all but a later recorded_at.

    In a table of names a spelling is new once in a run of rows that agree on the rest, so that names entered by
    turns do not become version upon version.
    """
    key, settled = ", ".join(table.key), _settled(table)
    said = f"row({', '.join(field.name for field in counted(table)) or 'NULL'})"
    often = f"(SELECT {key} FROM {clean(table)} GROUP BY {key} HAVING count(*) > 1)"
    order = f"recorded_at, {said}, {_ROW}"
    connection.execute(
        f"INSERT INTO repeats WITH several AS (SELECT * FROM {clean(table)} SEMI JOIN {often} USING ({key})), "
        f"turns AS (SELECT *, {settled} IS DISTINCT FROM lag({settled}) OVER (PARTITION BY {key} ORDER BY {order}) "
        f"AS turned FROM several), "
        f"runs AS (SELECT *, sum(CAST(turned AS INTEGER)) OVER (PARTITION BY {key} ORDER BY {order}) AS run FROM turns) "
        f"SELECT '{table.name}', {_ROW} FROM runs "
        f"QUALIFY row_number() OVER (PARTITION BY {key}, run, {said} ORDER BY {order}) > 1"
    )
