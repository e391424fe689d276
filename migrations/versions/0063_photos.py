"""photos, media: photos from before and after a service."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"

KINDS = "'photo', 'licence', 'document', 'evidence', 'sheet', 'chat'"


def upgrade() -> None:
    """Create what photos keep."""
    op.drop_constraint(op.f("ck_media_kind"), "media", type_="check")
    op.create_check_constraint(op.f("ck_media_kind"), "media", f"kind IN ({KINDS}, 'visit')")
    op.create_table(
        "visit_album",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_photos", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_visit_album_booking_id")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_visit_album")))
    op.create_index("ix_visit_album_due", "visit_album", ["due_at"], postgresql_where=sa.text("erased_at IS NULL"))
    op.create_table(
        "visit_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("phase IN ('before', 'after')", name=op.f("ck_visit_photo_phase")),
        sa.CheckConstraint("party IN ('household', 'worker')", name=op.f("ck_visit_photo_party")),
        sa.ForeignKeyConstraint(["booking_id"], ["visit_album.booking_id"], name=op.f("fk_visit_photo_booking_id")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_visit_photo_media_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_visit_photo_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_photo")),
        sa.UniqueConstraint("media_id", name=op.f("uq_visit_photo_media_id")))
    op.create_index("ix_visit_photo_booking", "visit_photo", ["booking_id", "id"])


def downgrade() -> None:
    """Drop it; the images are dropped with it."""
    op.drop_table("visit_photo")
    op.drop_table("visit_album")
    op.execute("DELETE FROM media WHERE kind = 'visit'")
    op.drop_constraint(op.f("ck_media_kind"), "media", type_="check")
    op.create_check_constraint(op.f("ck_media_kind"), "media", f"kind IN ({KINDS})")
