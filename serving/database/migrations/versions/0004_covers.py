"""The life of covers: posting entries with their counters, and how far reservations were swept."""

from serving.database.migrations import apply

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make what covers' events need."""
    apply(__file__)
