"""Order checks look up what they ask about by key, also on a plan that was made while the ledger was new."""

from serving.database.migrations import apply

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Replace what `0014_order_checks.sql` looks orders up with."""
    apply(__file__)
