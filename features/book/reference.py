"""The page that documents the canonical tables, written from their definition: `python -m features.book.reference`."""

from pathlib import Path

from features.book.tables import TABLES, Field, Table

PAGE = Path(__file__).with_name("README.md")

_HEAD = """# The book: canonical tables

A book is a folder with one Parquet file for each table (`orders.parquet`), or a folder of parts (`orders/…`); the
database has the same tables with the same columns. Money is an integer number of minor units beside its ISO 4217
currency. A row that changes comes again under its key with a later `recorded_at`; a snapshot of a day sees the newest
version recorded by the end of that day, UTC. Columns marked *optional* may be empty or missing, and every table but
`orders` may be missing too.

This page is written from the definition in `tables.py` by `python -m features.book.reference`; a test holds the two
together.
"""


def page() -> str:
    """Write the whole page."""
    return "\n".join([_HEAD, *(_section(table) for table in TABLES.values())])


def _section(table: Table) -> str:
    rows = [_row(field) for field in table.fields]
    head = [f"## {table.name}", "", f"{table.meaning} Key: {', '.join(table.key)}.", ""]
    return "\n".join([*head, "| column | unit | type in PostgreSQL | | meaning |", "|---|---|---|---|---|", *rows, ""])


def _row(field: Field) -> str:
    must = "" if field.required else "optional"
    return f"| {field.name} | {field.kind.unit} | {field.kind.postgres} | {must} | {field.meaning} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
