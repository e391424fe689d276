"""surveys: its tables."""

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Create what surveys keeps."""


def downgrade() -> None:
    """Take it away again."""
