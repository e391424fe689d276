"""courses: courses, sessions, seats, attendance, assessments, subsidies."""

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Create what courses keeps."""


def downgrade() -> None:
    """Drop it."""
