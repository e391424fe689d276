"""governance: its tables."""

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Create what governance keeps."""


def downgrade() -> None:
    """Drop it."""
