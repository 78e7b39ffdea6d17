"""Trials of the whole book: previews of limit runs with their releases, and comparisons of two policies."""

from serving.database.migrations import apply

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables that `serving/limits/trials` keeps."""
    apply(__file__)
