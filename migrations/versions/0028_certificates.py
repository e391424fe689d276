"""certificates: its tables."""

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Create what certificates keeps."""


def downgrade() -> None:
    """Take it away again."""
