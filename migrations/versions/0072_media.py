"""media: pictures whose smaller sizes are not made yet, all there are among them."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"


def upgrade() -> None:
    """A job makes them, and a sweep sees to it."""
    op.create_table(
        "unsized_media", sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_unsized_media_media_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("media_id", name="pk_unsized_media"))
    op.execute("INSERT INTO unsized_media SELECT id FROM media WHERE kind IN ('photo', 'chat', 'visit') AND width > 160")


def downgrade() -> None:
    """Sizes that were made lie where nobody looks."""
    op.drop_table("unsized_media")
