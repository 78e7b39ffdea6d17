"""How each country's buyers paid what fell due lately, as the last run knew it."""

from serving.database.migrations import apply

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the table that `serving/book/peers.py` keeps."""
    apply(__file__)
