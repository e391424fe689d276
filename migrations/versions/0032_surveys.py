"""surveys: questionnaires, their samples, invitations and answers."""

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Create what surveys keeps."""


def downgrade() -> None:
    """Drop it."""
