"""What the registry of models said last, changes of the model in use under four eyes, and looks for drift."""

from serving.database.migrations import apply

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables that `serving/models` keeps."""
    apply(__file__)
