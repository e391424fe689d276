"""doorcards: its tables."""

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Create what doorcards keeps."""


def downgrade() -> None:
    """Take it away again."""
