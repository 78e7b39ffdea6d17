"""Whom a buyer was taken to be is known as of any instant."""

from serving.database.migrations import apply

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the look-ups of past identities."""
    apply(__file__)
