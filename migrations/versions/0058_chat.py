"""chat, media: what is said about bookings; images of chats, bytes found by what points to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0058"
down_revision = "0057"

KINDS = "'photo', 'licence', 'document', 'evidence', 'sheet'"


def upgrade() -> None:
    """Create what chats keep."""
    op.drop_constraint(op.f("ck_media_kind"), "media", type_="check")
    op.create_check_constraint(op.f("ck_media_kind"), "media", f"kind IN ({KINDS}, 'chat')")
    op.create_index(op.f("ix_media_key"), "media", ["key"])
    op.create_table(
        "chat",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("household_read", sa.BigInteger(), nullable=False),
        sa.Column("worker_read", sa.BigInteger(), nullable=False),
        sa.Column("firm_read", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_messages", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_chat_booking_id")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_chat")))
    op.create_index("ix_chat_due", "chat", ["due_at"], postgresql_where=sa.text("erased_at IS NULL"))
    op.create_table(
        "chat_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("flags", postgresql.JSONB(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("party IN ('household', 'worker', 'firm')", name=op.f("ck_chat_message_party")),
        sa.ForeignKeyConstraint(["booking_id"], ["chat.booking_id"], name=op.f("fk_chat_message_booking_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_chat_message_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_message")),
        sa.UniqueConstraint("booking_id", "number", name=op.f("uq_chat_message_booking_id_number")))
    op.create_table(
        "chat_image",
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_chat_image_media_id")),
        sa.ForeignKeyConstraint(["message_id"], ["chat_message.id"], name=op.f("fk_chat_image_message_id")),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_chat_image")))
    op.create_index(op.f("ix_chat_image_message_id"), "chat_image", ["message_id"])


def downgrade() -> None:
    """Drop it; images of chats are dropped with their chats."""
    for table in ("chat_image", "chat_message", "chat"):
        op.drop_table(table)
    op.execute("DELETE FROM media WHERE kind = 'chat'")
    op.drop_index(op.f("ix_media_key"), table_name="media")
    op.drop_constraint(op.f("ck_media_kind"), "media", type_="check")
    op.create_check_constraint(op.f("ck_media_kind"), "media", f"kind IN ({KINDS})")
