"""standings: its tables."""

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Create what standings keeps."""


def downgrade() -> None:
    """Drop it."""
