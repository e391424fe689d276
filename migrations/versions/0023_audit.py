"""audit: its tables."""

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Create what audit keeps."""


def downgrade() -> None:
    """Drop it."""
