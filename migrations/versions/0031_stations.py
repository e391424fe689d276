"""stations: rooms and their reservations, the desk, activities."""

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Create what stations keeps."""


def downgrade() -> None:
    """Drop it."""
