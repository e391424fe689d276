"""publications: its tables."""

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Create what publications keeps."""


def downgrade() -> None:
    """Drop it."""
