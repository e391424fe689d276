"""lists: its tables."""

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Create what lists keeps."""


def downgrade() -> None:
    """Drop it."""
