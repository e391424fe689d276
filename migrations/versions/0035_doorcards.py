"""doorcards: grants of a deeper look, and scans at the door."""

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Create what doorcards keeps."""


def downgrade() -> None:
    """Drop it."""
