"""API keys and the audit trail."""

from serving.database.migrations import apply

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables that `serving/access` keeps."""
    apply(__file__)
