"""Migrations of the database, in order; each applies the SQL file of its own name."""

from pathlib import Path

from alembic import op


def apply(script: str) -> None:
    """Run the SQL file that stands beside a migration, as it is."""
    sql = Path(script).with_suffix(".sql").read_text(encoding="utf-8")
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(sql)
