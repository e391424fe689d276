"""archive: old bookings by the month they ended in, on their way into a file; what was written, and what must stay."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0071"
down_revision = "0070"


def upgrade() -> None:
    """A booking may outlive its quote."""
    op.add_column("booking", sa.Column("archived_in", sa.Date(), nullable=True))
    op.drop_constraint("fk_booking_quote_id", "booking")
    op.create_table(
        "archived_row",
        sa.Column("month", sa.Date(), nullable=False), sa.Column("of", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("row", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("month", "of", "key", name="pk_archived_row"),
        postgresql_partition_by="RANGE (month)")
    op.create_table(
        "archived_month",
        sa.Column("month", sa.Date(), nullable=False), sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bookings", sa.BigInteger(), nullable=True), sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True), sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nulls(bookings, rows, digest, sha256, finished_at) IN (0, 5)",
                           name=op.f("ck_archived_month_finished")),
        sa.PrimaryKeyConstraint("month", "part", name="pk_archived_month"))
    op.create_index("uq_archived_month_open", "archived_month", ["month"], unique=True,
                    postgresql_where=sa.text("finished_at IS NULL"))
    op.create_table(
        "archive_hold",
        sa.Column("booking_id", sa.Uuid(), nullable=False), sa.Column("because", sa.LargeBinary(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=False), sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name="fk_archive_hold_booking_id"),
        sa.PrimaryKeyConstraint("booking_id", name="pk_archive_hold"))


def downgrade() -> None:
    """What was archived does not come back; new bookings have their quote."""
    op.drop_table("archive_hold")
    op.drop_table("archived_month")
    op.drop_table("archived_row")
    op.create_foreign_key("fk_booking_quote_id", "booking", "quote", ["quote_id"], ["id"], postgresql_not_valid=True)
    op.drop_column("booking", "archived_in")
