"""openings: the jobs wall and the piece-work board."""

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Create what openings keeps."""


def downgrade() -> None:
    """Drop it."""
