"""courses: its tables."""

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Create what courses keeps."""


def downgrade() -> None:
    """Take it away again."""
