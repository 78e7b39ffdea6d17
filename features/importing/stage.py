"""From raw rows to the staged rows of a canonical table: typed values, and the faults of each row by itself."""

import duckdb

from features.book.tables import Table
from features.importing.cells import Cell, cell
from features.importing.readers import Raw
from features.importing.rules import Feed, Rule
from features.importing.steps import literal
from features.importing.texts import Row, chosen

FAULTS = "STRUCT(field VARCHAR, value VARCHAR, reason VARCHAR)[]"

# What a row may not say by itself: the reason, the column blamed, and SQL that holds for a row at fault.
ROW_RULES: dict[str, list[tuple[str, str, str]]] = {
    "orders": [
        ("due_before_order", "due_on", "due_on < ordered_on"),
        ("shipped_before_order", "shipped_on", "shipped_on < ordered_on"),
    ],
    "claims": [
        ("decided_before_filed", "decided_on", "decided_on < filed_on"),
        ("half_decided", "outcome", "(outcome IS NULL) <> (decided_on IS NULL)"),
    ],
}

# The day on which a table's fact happened. A due or effective day lies ahead of what is recorded, as it should.
HAPPENED = {
    "exporters": ("registered_on",),
    "orders": ("ordered_on",),
    "payments": ("paid_on",),
    "overdue_notices": ("reported_on",),
    "claims": ("filed_on", "decided_on"),
}


def create_stage(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Make the empty stage of a table: where a row came from, its values, and its faults (NULL for a clean row)."""
    columns = ", ".join(f"{field.name} {field.kind.duckdb}" for field in table.fields)
    connection.execute(
        f"CREATE TABLE {stage(table)} (feed INTEGER, file INTEGER, line BIGINT, {columns}, faults {FAULTS})"
    )


def stage(table: Table) -> str:
    """Name the stage of a table."""
    return f"stage_{table.name}"


def fill_stage(
    connection: duckdb.DuckDBPyConnection, table: Table, feed: Feed, raw: Raw, numbers: tuple[int, int]
) -> None:
    """Add a file's rows to the stage of a table; `numbers` are those of the feed and the file."""
    row = Row(raw.columns, raw.file.source)
    cells = _cells(table, feed, row)
    wanted = [chosen(condition, row) for condition in feed.when]
    wanted += [f"NOT {one.left_out}" for one in cells.values() if one.left_out != "false"]
    typed = ", ".join(f"{cells[field.name].value} AS {field.name}" for field in table.fields)
    kept = f"ragged IS NOT NULL OR ({' AND '.join(wanted)})" if wanted else "true"
    steps = row.steps.over(f"SELECT * FROM {raw.table}")
    names = ", ".join(table.columns)
    connection.execute(
        f"INSERT INTO {stage(table)} SELECT {numbers[0]}, {numbers[1]}, line, {names}, {_faults(table, cells)} "
        f"FROM (SELECT *, {typed} FROM ({steps}) WHERE {kept})"
    )


def _cells(table: Table, feed: Feed, row: Row) -> dict[str, Cell]:
    """Compile every column, the currency first, since amounts are read in its minor units."""
    cells: dict[str, Cell] = {}
    for field in sorted(table.fields, key=lambda field: field.kind_name != "currency"):
        currency = cells["currency"].value if "currency" in cells else None
        cells[field.name] = cell(field, feed.columns.get(field.name, _NOTHING), row, currency)
    return cells


_NOTHING = Rule(constant="")


def _faults(table: Table, cells: dict[str, Cell]) -> str:
    """Write the list of a row's faults, NULL where there is none."""
    own = [(one.reason, name, one.shown) for name, one in cells.items()]
    rules = [*ROW_RULES.get(table.name, ()), *_too_early(table)]
    own += [(f"CASE WHEN {breach} THEN '{reason}' END", name, cells[name].shown) for reason, name, breach in rules]
    found = " OR ".join(f"({reason}) IS NOT NULL" for reason, _, _ in own)
    listed = ", ".join(_fault(literal(name), shown, reason) for reason, name, shown in own)
    return (
        f"CASE WHEN ragged IS NOT NULL THEN [{_fault(literal(''), 'ragged', literal('ragged_row'))}] "
        f"WHEN {found} THEN list_filter([{listed}], lambda fault: fault.reason IS NOT NULL) END"
    )


def _fault(field: str, value: str, reason: str) -> str:
    return f"{{'field': {field}, 'value': CAST({value} AS VARCHAR), 'reason': {reason}}}"


def _too_early(table: Table) -> list[tuple[str, str, str]]:
    # Two zones may be a day apart; a day more is a fact known before it happened.
    return [
        ("recorded_too_early", "recorded_at", f"CAST(recorded_at AS DATE) + 1 < {day}")
        for day in HAPPENED.get(table.name, ())
    ]


def differing(table: Table) -> list[str]:
    """Name the columns in which two versions of the same thing may differ."""
    return [field.name for field in table.fields if field.name not in {*table.key, "recorded_at"}]
