"""enrolment: its tables."""

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Create what enrolment keeps."""


def downgrade() -> None:
    """Drop it."""
