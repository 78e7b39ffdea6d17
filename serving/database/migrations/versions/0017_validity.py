"""A limit or standing that has ended is not followed by an older one that ends later."""

from serving.database.migrations import apply

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Replace what tells the limit and the standing in force."""
    apply(__file__)
