"""Findings on exporters for the whitelist, what persons said of them, and covers' events in the audit trail."""

from serving.database.migrations import apply

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables that `serving/whitelist` keeps, and the trigger that audits covers' events."""
    apply(__file__)
