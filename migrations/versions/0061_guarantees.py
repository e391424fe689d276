"""guarantees: trials and replacements in engagements by days; whose day each workday was."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    """Create what is kept of guarantees; days worked so far are of the worker of their booking."""
    op.create_table(
        "guarantee",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trial_days", sa.BigInteger(), nullable=False),
        sa.Column("replacement_days", sa.BigInteger(), nullable=False),
        sa.Column("trial_until", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('ended', 'kept', 'lapsed', 'on_trial', 'refused', 'replacing')",
                           name=op.f("ck_guarantee_state")),
        sa.CheckConstraint("trial_days >= 0 AND replacement_days > 0", name=op.f("ck_guarantee_terms")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_guarantee_booking_id")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_guarantee")))
    op.create_index("ix_guarantee_trial", "guarantee", ["trial_until"], postgresql_where=sa.text("state = 'on_trial'"))
    op.create_table(
        "replacement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("party IN ('household', 'firm')", name=op.f("ck_replacement_party")),
        sa.CheckConstraint("taken_id IS NULL OR settled_at IS NOT NULL", name=op.f("ck_replacement_settled")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_replacement_booking_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_replacement_worker_id")),
        sa.ForeignKeyConstraint(["taken_id"], ["worker.id"], name=op.f("fk_replacement_taken_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_replacement_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement")))
    still = sa.text("settled_at IS NULL")
    op.create_index("uq_replacement_open", "replacement", ["booking_id"], unique=True, postgresql_where=still)
    op.create_index("ix_replacement_booking", "replacement", ["booking_id", "id"])
    op.create_index("ix_replacement_due", "replacement", ["until"], postgresql_where=still)
    op.create_table(
        "replacement_candidate",
        sa.Column("replacement_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["replacement_id"], ["replacement.id"], ondelete="CASCADE",
                                name=op.f("fk_replacement_candidate_replacement_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_replacement_candidate_worker_id")),
        sa.PrimaryKeyConstraint("replacement_id", "worker_id", name=op.f("pk_replacement_candidate")))
    op.add_column("workday", sa.Column("worker_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE workday SET worker_id = booking.worker_id FROM booking WHERE booking.id = workday.booking_id")
    op.alter_column("workday", "worker_id", nullable=False)
    op.create_foreign_key(op.f("fk_workday_worker_id"), "workday", "worker", ["worker_id"], ["id"])
    op.create_index("ix_workday_worker", "workday", ["worker_id", "booking_id"])
    op.drop_constraint(op.f("ck_engagement_ending_party"), "engagement_ending")
    op.create_check_constraint(op.f("ck_engagement_ending_party"), "engagement_ending",
                               "party IN ('household', 'firm', 'system')")
    op.alter_column("engagement_ending", "ended_by", nullable=True)


def downgrade() -> None:
    """Drop it. Engagements that ended because nobody was found are then as ended by nobody: there may be none."""
    op.alter_column("engagement_ending", "ended_by", nullable=False)
    op.drop_constraint(op.f("ck_engagement_ending_party"), "engagement_ending")
    op.create_check_constraint(op.f("ck_engagement_ending_party"), "engagement_ending",
                               "party IN ('household', 'firm')")
    op.drop_column("workday", "worker_id")
    op.drop_table("replacement_candidate")
    op.drop_table("replacement")
    op.drop_table("guarantee")
