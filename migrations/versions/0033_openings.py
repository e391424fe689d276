"""openings: its tables."""

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Create what openings keeps."""


def downgrade() -> None:
    """Take it away again."""
