"""interviews: a family meets a worker at a station."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"

STATES = "'booked', 'cancelled', 'held', 'lapsed', 'missed_by_family', 'missed_by_worker'"
REASONS = "'changed_mind', 'found_other', 'ill', 'family', 'transport', 'engaged', 'other'"


def upgrade() -> None:
    """Create what interviews keep."""
    op.create_table(
        "interview",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_interview_state")),
        sa.CheckConstraint("outcome IN ('suitable', 'unsuitable', 'undecided')", name=op.f("ck_interview_outcome")),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_interview_reason")),
        sa.CheckConstraint("(state = 'held') = (outcome IS NOT NULL)", name=op.f("ck_interview_held")),
        sa.CheckConstraint("(state = 'cancelled') = (reason IS NOT NULL)", name=op.f("ck_interview_cancelled")),
        *(sa.ForeignKeyConstraint([column], [f"{table}.{key}"], name=op.f(f"fk_interview_{column}"))
          for column, table, key in (("household_id", "household", "id"), ("worker_id", "worker", "id"),
                                     ("firm_id", "firm", "id"), ("service_code", "service", "code"),
                                     ("station_id", "station", "id"))),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")))
    op.create_index("uq_interview_booked", "interview", ["household_id", "worker_id"], unique=True,
                    postgresql_where=sa.text("state = 'booked'"))
    op.create_index("ix_interview_household", "interview", ["household_id", "id"])
    op.create_index("ix_interview_worker", "interview", ["worker_id", "id"])
    op.create_index("ix_interview_firm", "interview", ["firm_id", "id"])
    op.create_index("ix_interview_station", "interview", ["station_id", "starts", "id"])
    op.create_index("ix_interview_due", "interview", ["starts"], postgresql_where=sa.text("state = 'booked'"))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("interview")
