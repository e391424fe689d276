"""transparency: its tables."""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Create what transparency keeps."""


def downgrade() -> None:
    """Drop it."""
