"""certificates: accredited bodies, their keys, the certificates they sign."""

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Create what certificates keeps."""


def downgrade() -> None:
    """Drop it."""
