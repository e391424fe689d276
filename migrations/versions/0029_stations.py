"""stations: its tables."""

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Create what stations keeps."""


def downgrade() -> None:
    """Take it away again."""
