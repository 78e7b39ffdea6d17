"""The book of record."""

from serving.database.migrations import apply

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the canonical tables."""
    apply(__file__)
