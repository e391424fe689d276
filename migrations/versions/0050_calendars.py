"""calendars: a worker's terms, days with hours of their own; of an interval its buffers and place."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    """Create what a worker says of her days."""
    op.create_table(
        "worker_terms",
        sa.Column("worker_no", sa.BigInteger(), nullable=False),
        sa.Column("works_holidays", sa.Boolean(), nullable=False),
        sa.Column("buffer_before", sa.BigInteger(), nullable=False),
        sa.Column("buffer_after", sa.BigInteger(), nullable=False),
        sa.Column("notice_minutes", sa.BigInteger(), nullable=False),
        sa.Column("horizon_days", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("buffer_before BETWEEN 0 AND 120 AND buffer_before % 30 = 0 AND"
                           " buffer_after BETWEEN 0 AND 120 AND buffer_after % 30 = 0",
                           name=op.f("ck_worker_terms_buffers")),
        sa.CheckConstraint("notice_minutes BETWEEN 0 AND 10080", name=op.f("ck_worker_terms_notice")),
        sa.CheckConstraint("horizon_days BETWEEN 1 AND 60", name=op.f("ck_worker_terms_horizon")),
        sa.ForeignKeyConstraint(["worker_no"], ["worker.no"], name=op.f("fk_worker_terms_worker_no"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("worker_no", name=op.f("pk_worker_terms")))
    op.create_table(
        "special_day",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_no", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("closed BETWEEN 0 AND 281474976710655", name=op.f("ck_special_day_closed")),
        sa.ForeignKeyConstraint(["worker_no"], ["worker.no"], name=op.f("fk_special_day_worker_no"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_day")),
        sa.UniqueConstraint("worker_no", "day", name=op.f("uq_special_day_worker_no_day")))
    for name in ("buffer_before", "buffer_after"):
        op.add_column("worker_interval", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("worker_interval", sa.Column("cell", sa.BigInteger(), nullable=True))
    op.execute("UPDATE worker_interval SET buffer_before = 30, buffer_after = 30 WHERE kind = 'engaged'")
    op.execute("UPDATE worker_interval SET cell = address.cell FROM booking JOIN address ON address.id = booking.address_id"
               " WHERE worker_interval.ref = 'booking:' || booking.id")


def downgrade() -> None:
    """Drop it."""
    for name in ("cell", "buffer_after", "buffer_before"):
        op.drop_column("worker_interval", name)
    op.drop_table("special_day")
    op.drop_table("worker_terms")
