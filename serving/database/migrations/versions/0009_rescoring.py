"""Facts that may move a limit, waiting to be weighed; and what limits were made of."""

from serving.database.migrations import apply

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the queue of rescoring, the workings of limits, and the book's medians."""
    apply(__file__)
