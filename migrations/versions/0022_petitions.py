"""petitions: its tables."""

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Create what petitions keeps."""


def downgrade() -> None:
    """Drop it."""
