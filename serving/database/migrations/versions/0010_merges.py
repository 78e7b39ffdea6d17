"""Who was found to be whom: merges and splits of buyers."""

from serving.database.migrations import apply

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the record of merges."""
    apply(__file__)
