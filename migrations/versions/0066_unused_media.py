"""media: images for a chat or a visit that nobody used are found by time."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0064"


def upgrade() -> None:
    """Those that were never used are known from now on."""
    op.add_column("media", sa.Column("unused_until", sa.DateTime(timezone=True), nullable=True))
    op.execute("""
        UPDATE media SET unused_until = created_at + interval '24 hours' WHERE kind IN ('chat', 'visit')
        AND NOT EXISTS (SELECT FROM chat_image WHERE media_id = media.id)
        AND NOT EXISTS (SELECT FROM visit_photo WHERE media_id = media.id)""")
    op.create_index("ix_media_unused", "media", ["unused_until"], postgresql_where=sa.text("unused_until IS NOT NULL"))


def downgrade() -> None:
    """Forget it."""
    op.drop_index("ix_media_unused", table_name="media")
    op.drop_column("media", "unused_until")
