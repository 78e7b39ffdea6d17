"""Recoveries that passed the loss left, by the rule of before, are known as such; their covers can be read again."""

from serving.database.migrations import apply

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """List what was recovered over the loss left when its claim was decided."""
    apply(__file__)
