"""What one buyer's features have to know of other buyers."""

from serving.database.migrations import apply

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables that `serving/book/peers.py` keeps."""
    apply(__file__)
