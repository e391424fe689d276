"""substitutions: another worker of the firm, offered to the family of a booking."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    """Create what is kept of substitutions."""
    op.add_column("booking", sa.Column("substitute_sought", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "substitution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('closed', 'lapsed', 'offered', 'refused', 'taken', 'withdrawn')",
                           name=op.f("ck_substitution_state")),
        sa.CheckConstraint("(state = 'offered') = (answered_at IS NULL)", name=op.f("ck_substitution_answered")),
        sa.CheckConstraint("(state = 'taken') = (taken_id IS NOT NULL)", name=op.f("ck_substitution_taken")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_substitution_booking_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_substitution_worker_id")),
        sa.ForeignKeyConstraint(["taken_id"], ["worker.id"], name=op.f("fk_substitution_taken_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_substitution_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")))
    offered = sa.text("state = 'offered'")
    op.create_index("uq_substitution_open", "substitution", ["booking_id"], unique=True, postgresql_where=offered)
    op.create_index("ix_substitution_booking", "substitution", ["booking_id", "id"])
    op.create_index("ix_substitution_due", "substitution", ["until"], postgresql_where=offered)
    op.create_table(
        "substitution_candidate",
        sa.Column("substitution_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["substitution_id"], ["substitution.id"], ondelete="CASCADE",
                                name=op.f("fk_substitution_candidate_substitution_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_substitution_candidate_worker_id")),
        sa.PrimaryKeyConstraint("substitution_id", "worker_id", name=op.f("pk_substitution_candidate")))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("substitution_candidate")
    op.drop_table("substitution")
    op.drop_column("booking", "substitute_sought")
