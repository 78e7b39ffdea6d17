"""Orders of less than half a US cent ask for a cent of room, and leave no cover open that has nothing outstanding."""

from serving.database.migrations import apply

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Replace the decision and what lists open covers; take off that list what had nothing outstanding."""
    apply(__file__)
