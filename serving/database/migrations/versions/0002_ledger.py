"""The ledger: policies, limits, decisions, entries and the counters kept with them."""

from serving.database.migrations import apply

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the ledger's tables."""
    apply(__file__)
