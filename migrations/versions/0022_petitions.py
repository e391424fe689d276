"""petitions: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"

OPEN = "state IN ('submitted', 'returned', 'proposed')"


def upgrade() -> None:
    """Create what petitions keeps."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "petition",
        sa.Column("id", sa.Uuid(), nullable=False), sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False), sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False), sa.Column("promise", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False), sa.Column("role", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=True), sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=True), sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("list_entry_id", sa.Uuid(), nullable=True), sa.Column("firm_concerned", sa.Uuid(), nullable=True),
        sa.Column("filed_at", moment, nullable=False), sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("alarmed_on", sa.Date(), nullable=True), sa.Column("holds_fall", sa.Boolean(), nullable=False),
        sa.Column("returned_at", moment, nullable=True),
        sa.Column("returned_words", sa.Text(), server_default="", nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True), sa.Column("proposed_at", moment, nullable=True),
        sa.Column("proposal", sa.Text(), nullable=True),
        sa.Column("upheld", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decision_words", sa.Text(), server_default="", nullable=False),
        sa.Column("effect", postgresql.JSONB(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True), sa.Column("decided_at", moment, nullable=True),
        sa.CheckConstraint("state IN ('dismissed', 'partly_upheld', 'proposed', 'returned', 'submitted', 'upheld',"
                           " 'withdrawn')", name=op.f("ck_petition_state")),
        sa.CheckConstraint("kind IN ('appeal', 'repair', 'objection')", name=op.f("ck_petition_kind")),
        sa.CheckConstraint("role IN ('worker', 'firm', 'household')", name=op.f("ck_petition_role")),
        sa.CheckConstraint("(kind = 'objection') = (list_entry_id IS NOT NULL)", name=op.f("ck_petition_objection")),
        sa.CheckConstraint("num_nonnulls(worker_id, firm_id, household_id) = 1", name=op.f("ck_petition_subject")),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f("ck_petition_four_eyes")),
        sa.CheckConstraint("state NOT IN ('upheld', 'partly_upheld', 'dismissed') OR (decided_by IS NOT NULL"
                           " AND proposed_by IS NOT NULL)", name=op.f("ck_petition_decided")),
        *(sa.ForeignKeyConstraint([column], ["account.id"], name=op.f(f"fk_petition_{column}"))
          for column in ("account_id", "proposed_by", "decided_by")),
        *(sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_petition_{table}_id"))
          for table in ("worker", "firm", "household", "list_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition")))
    op.create_index("uq_petition_objection_open", "petition", ["list_entry_id"], unique=True,
                    postgresql_where=sa.text(OPEN))
    op.create_index("uq_petition_rater_open", "petition", ["household_id"], unique=True,
                    postgresql_where=sa.text(f"ground = 'rater' AND {OPEN}"))
    op.create_index("ix_petition_queue", "petition", ["due_on", "id"],
                    postgresql_where=sa.text("state IN ('submitted', 'proposed')"))
    op.create_index("ix_petition_returned", "petition", ["returned_at"],
                    postgresql_where=sa.text("state = 'returned'"))
    for name in ("state", "account", "org"):
        op.create_index(f"ix_petition_{name}", "petition", [name if name == "state" else f"{name}_id", "id"])
    op.create_table(
        "petition_event",
        sa.Column("petition_id", sa.Uuid(), nullable=False), sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False), sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tier", sa.BigInteger(), nullable=False), sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("outcome IN ('upheld', 'dismissed')", name=op.f("ck_petition_event_outcome")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_petition_event_petition_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_petition_event_entry_id")),
        sa.PrimaryKeyConstraint("petition_id", "entry_id", name=op.f("pk_petition_event")))
    op.create_index("uq_petition_event_open", "petition_event", ["entry_id"], unique=True,
                    postgresql_where=sa.text("open"))
    op.create_index("ix_petition_event_entry", "petition_event", ["entry_id"])
    op.create_table(
        "petition_evidence",
        sa.Column("petition_id", sa.Uuid(), nullable=False), sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.Boolean(), nullable=False), sa.Column("added_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_petition_evidence_petition_id")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_petition_evidence_media_id")),
        sa.PrimaryKeyConstraint("petition_id", "media_id", name=op.f("pk_petition_evidence")))


def downgrade() -> None:
    """Drop it."""
    for table in ("petition_evidence", "petition_event", "petition"):
        op.drop_table(table)
