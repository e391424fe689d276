"""standings: its tables; credit's events of firms and its rule's versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Create what standings keeps, and let credit keep events of firms and versions of the rule."""
    op.alter_column("credit_event", "worker_id", nullable=True)
    op.create_index("ix_credit_event_firm", "credit_event", ["firm_id", "type", "day"])
    op.create_index("ix_credit_event_voided", "credit_event", [sa.text("((data ->> 'ref')::bigint)")],
                    postgresql_where=sa.text("type = 'appeal_upheld'"))
    op.create_index("ix_credit_event_restored", "credit_event", ["household_id"],
                    postgresql_where=sa.text("type = 'rater_restored'"))
    op.create_table("adopted_rule",
                    sa.Column("version", sa.Text(), nullable=False),
                    sa.Column("hash", sa.Text(), nullable=False),
                    sa.Column("data", postgresql.JSONB(), nullable=False),
                    sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
                    sa.PrimaryKeyConstraint("version", name=op.f("pk_adopted_rule")))
    op.create_table("rule_activation",
                    sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
                    sa.Column("version", sa.Text(), nullable=False),
                    sa.Column("from_day", sa.Date(), nullable=False),
                    sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
                    sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_activation")))
    op.create_index("ix_rule_activation_from_day", "rule_activation", ["from_day", "id"])
    op.add_column("standing", sa.Column("firm_id", sa.Uuid(), nullable=True))
    op.create_index("ix_standing_firm_id", "standing", ["firm_id"])
    op.add_column("standing", sa.Column("own", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False))
    op.add_column("standing", sa.Column("pending", postgresql.JSONB(), nullable=True))
    op.add_column("standing", sa.Column("notice", postgresql.JSONB(), nullable=True))
    op.add_column("standing", sa.Column("held_until", sa.Date(), nullable=True))
    op.add_column("standing", sa.Column("alarm", postgresql.JSONB(), nullable=True))
    op.create_table("firm_standing",
                    sa.Column("firm_id", sa.Uuid(), nullable=False),
                    sa.Column("score", sa.BigInteger(), nullable=False),
                    sa.Column("grade", sa.Text(), nullable=False),
                    sa.Column("explanation", postgresql.JSONB(), nullable=False),
                    sa.Column("rule", sa.Text(), nullable=False),
                    sa.Column("as_of", sa.Date(), nullable=False),
                    sa.Column("through_entry", sa.BigInteger(), nullable=False),
                    sa.Column("due_on", sa.Date(), nullable=False),
                    sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
                    sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_standing_firm_id")),
                    sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_firm_standing")))
    op.create_index("ix_firm_standing_due_on", "firm_standing", ["due_on", "firm_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("firm_standing")
    op.drop_index("ix_standing_firm_id", table_name="standing")
    for column in ("alarm", "held_until", "notice", "pending", "own", "firm_id"):
        op.drop_column("standing", column)
    op.drop_table("rule_activation")
    op.drop_table("adopted_rule")
    for index in ("ix_credit_event_restored", "ix_credit_event_voided", "ix_credit_event_firm"):
        op.drop_index(index, table_name="credit_event")
    op.execute("DELETE FROM credit_event WHERE worker_id IS NULL")
    op.alter_column("credit_event", "worker_id", nullable=False)
