"""competitions: its tables."""

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Create what competitions keeps."""


def downgrade() -> None:
    """Take it away again."""
