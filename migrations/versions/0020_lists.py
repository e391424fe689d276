"""lists: its tables, what standing on one does to workers and firms, and mediation of a complaint."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Create what lists keeps, and the columns it and mediation put into other rooms' tables."""
    for table in ("worker", "firm"):
        op.add_column(table, sa.Column("barred", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("complaint", sa.Column("mediation", sa.Text(), nullable=True))
    op.add_column("complaint", sa.Column("mediation_words", sa.LargeBinary(), nullable=True))
    op.add_column("complaint", sa.Column("mediated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_complaint_mediation"), "complaint",
                               "mediation IN ('settled', 'failed', 'refused')")
    op.create_table("list_entry",
                    sa.Column("id", sa.Uuid(), nullable=False),
                    sa.Column("kind", sa.Text(), nullable=False),
                    sa.Column("worker_id", sa.Uuid(), nullable=True),
                    sa.Column("firm_id", sa.Uuid(), nullable=True),
                    sa.Column("state", sa.Text(), nullable=False),
                    sa.Column("reason", sa.Text(), nullable=False),
                    sa.Column("level", sa.BigInteger(), nullable=True),
                    sa.Column("note", sa.Text(), nullable=False),
                    sa.Column("evidence", postgresql.ARRAY(sa.Uuid()), nullable=False),
                    sa.Column("proposed_by", sa.Uuid(), nullable=False),
                    sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
                    sa.Column("objection_until", sa.Date(), nullable=False),
                    sa.Column("contested", sa.Boolean(), server_default=sa.false(), nullable=False),
                    sa.Column("reviewed_by", sa.Uuid(), nullable=True),
                    sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
                    sa.Column("review_note", sa.Text(), server_default="", nullable=False),
                    sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
                    sa.Column("until", sa.Date(), nullable=True),
                    sa.Column("credit_entry_id", sa.BigInteger(), nullable=True),
                    sa.Column("correction_by", sa.Uuid(), nullable=True),
                    sa.Column("correction_note", sa.Text(), server_default="", nullable=False),
                    sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
                    sa.Column("left_because", sa.Text(), nullable=True),
                    sa.Column("left_by", sa.Uuid(), nullable=True),
                    sa.CheckConstraint("state IN ('correcting', 'in_force', 'left', 'proposed', 'rejected',"
                                       " 'withdrawn')", name=op.f("ck_list_entry_state")),
                    sa.CheckConstraint("kind IN ('honour', 'block', 'sanction')", name=op.f("ck_list_entry_kind")),
                    sa.CheckConstraint("num_nonnulls(worker_id, firm_id) = 1", name=op.f("ck_list_entry_subject")),
                    sa.CheckConstraint("(kind = 'sanction') = (level IS NOT NULL) AND level BETWEEN 1 AND 3",
                                       name=op.f("ck_list_entry_level")),
                    sa.CheckConstraint("reviewed_by <> proposed_by", name=op.f("ck_list_entry_four_eyes")),
                    sa.CheckConstraint("(entered_at IS NULL) = (until IS NULL)", name=op.f("ck_list_entry_term")),
                    sa.CheckConstraint("state NOT IN ('in_force', 'correcting') OR (entered_at IS NOT NULL"
                                       " AND reviewed_by IS NOT NULL)", name=op.f("ck_list_entry_entered")),
                    sa.CheckConstraint("left_because <> 'correction' OR (left_by IS NOT NULL AND correction_by"
                                       " IS NOT NULL AND left_by <> correction_by)", name=op.f("ck_list_entry_corrected_by_two")),
                    *(sa.ForeignKeyConstraint([column], ["account.id"], name=op.f(f"fk_list_entry_{column}"))
                      for column in ("proposed_by", "reviewed_by", "correction_by", "left_by")),
                    *(sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_list_entry_{table}_id"))
                      for table in ("worker", "firm")),
                    sa.PrimaryKeyConstraint("id", name=op.f("pk_list_entry")))
    live, in_force = ("state IN ('proposed', 'in_force', 'correcting')", "state IN ('in_force', 'correcting')")
    for subject in ("worker", "firm"):
        op.create_index(f"uq_list_entry_{subject}_live", "list_entry", [f"{subject}_id", "kind"], unique=True,
                        postgresql_where=sa.text(live))
        op.create_index(f"ix_list_entry_{subject}", "list_entry", [f"{subject}_id", "id"])
    op.create_index("ix_list_entry_public", "list_entry", ["kind", "id"], postgresql_where=sa.text(in_force))
    op.create_index("ix_list_entry_queue", "list_entry", ["objection_until", "id"],
                    postgresql_where=sa.text("state IN ('proposed', 'correcting')"))
    op.create_index("ix_list_entry_credit", "list_entry", ["credit_entry_id"])
    op.create_index("ix_list_entry_until", "list_entry", ["until"], postgresql_where=sa.text(in_force))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("list_entry")
    for column in ("mediated_at", "mediation_words", "mediation"):
        op.drop_column("complaint", column)
    for table in ("firm", "worker"):
        op.drop_column(table, "barred")
