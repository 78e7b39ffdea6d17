"""The order check in functions of readable length; who asked; covers by exporter, and those not yet at an end."""

from serving.database.migrations import apply

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Replace what `0003_order_checks.sql` gathers, locks and writes a batch with, and keep what look-ups need."""
    apply(__file__)
