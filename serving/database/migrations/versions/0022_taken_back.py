"""What was taken back counts no more: what was undone at the desk, and stops of which all is paid."""

from serving.database.migrations import apply

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Keep what is taken back from when, and leave it out of the limits in force from then on."""
    apply(__file__)
