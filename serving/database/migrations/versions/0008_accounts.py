"""People who sign in to the console."""

from serving.database.migrations import apply

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables that `serving/accounts` keeps."""
    apply(__file__)
