"""series: visits that come again, each a booking of its own that is paid shortly before it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    """Create series and their occurrences; say of a held booking from when on it is paid."""
    op.add_column("booking", sa.Column("payable_from", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rrule", sa.Text(), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("holidays", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("policy", postgresql.JSONB(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('confirmed', 'ended', 'held', 'let_go')", name=op.f("ck_series_state")),
        sa.CheckConstraint("holidays IN ('keep', 'skip', 'ask')", name=op.f("ck_series_holidays")),
        sa.CheckConstraint("minutes > 0 AND total_fen > 0", name=op.f("ck_series_positive")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_series_household_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_series_worker_id")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_series_firm_id")),
        sa.ForeignKeyConstraint(["service_code"], ["service.code"], name=op.f("fk_series_service_code")),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_series_address_id")),
        sa.ForeignKeyConstraint(["member_id"], ["household_member.id"], name=op.f("fk_series_member_id")),
        sa.ForeignKeyConstraint(["first_id"], ["booking.id"], name=op.f("fk_series_first_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")))
    op.create_index("ix_series_household", "series", ["household_id", "id"])
    op.create_index("ix_series_worker", "series", ["worker_id", "id"])
    op.create_index("ix_series_firm", "series", ["firm_id", "id"])
    op.create_index("ix_series_first", "series", ["first_id"], postgresql_where=sa.text("state = 'held'"))
    op.create_table(
        "series_occurrence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("holiday", sa.Text(), nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("reseated", sa.Boolean(), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'booked', 'cancelled', 'skipped')",
                           name=op.f("ck_series_occurrence_state")),
        sa.CheckConstraint("state = 'skipped' OR booking_id IS NOT NULL", name=op.f("ck_series_occurrence_booked")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_series_occurrence_series_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_series_occurrence_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_occurrence")),
        sa.UniqueConstraint("series_id", "day", name=op.f("uq_series_occurrence_series_id_day")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_series_occurrence_booking_id")))
    op.create_index("ix_series_occurrence_reminder", "series_occurrence", ["remind_at"],
                    postgresql_where=sa.text("remind_at IS NOT NULL"))
    op.create_index("ix_series_occurrence_asked", "series_occurrence", ["booking_id"],
                    postgresql_where=sa.text("state = 'asked'"))


def downgrade() -> None:
    """Drop them; what is held stays a booking of its own."""
    op.drop_table("series_occurrence")
    op.drop_table("series")
    op.drop_column("booking", "payable_from")
