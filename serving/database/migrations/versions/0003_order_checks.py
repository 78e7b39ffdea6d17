"""The order check: one statement that decides and reserves."""

from serving.database.migrations import apply

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the functions of the order check."""
    apply(__file__)
