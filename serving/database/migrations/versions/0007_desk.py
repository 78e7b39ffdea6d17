"""What waits for a person: requests, overrides, referred orders, and what was decided of them."""

from serving.database.migrations import apply

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables that `serving/desk` keeps."""
    apply(__file__)
