"""A buyer's limit is held whomever the buyer is taken to be by the time the lock is had."""

from serving.database.migrations import apply

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make the function that holds a buyer's limit."""
    apply(__file__)
