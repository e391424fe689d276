"""governance: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Create what governance keeps."""
    _proposals()
    op.create_table("shadow_score",
                    sa.Column("proposal_id", sa.Uuid(), nullable=False),
                    sa.Column("kind", sa.Text(), nullable=False),
                    sa.Column("subject_id", sa.Uuid(), nullable=False),
                    sa.Column("before_score", sa.BigInteger(), nullable=False),
                    sa.Column("before_grade", sa.Text(), nullable=False),
                    sa.Column("after_score", sa.BigInteger(), nullable=False),
                    sa.Column("after_grade", sa.Text(), nullable=False),
                    sa.Column("firm_id", sa.Uuid(), nullable=True),
                    sa.Column("own", postgresql.JSONB(), nullable=True),
                    sa.CheckConstraint("kind IN ('worker', 'firm')", name=op.f("ck_shadow_score_kind")),
                    sa.ForeignKeyConstraint(["proposal_id"], ["rule_proposal.id"],
                                            name=op.f("fk_shadow_score_proposal_id")),
                    sa.PrimaryKeyConstraint("proposal_id", "kind", "subject_id", name=op.f("pk_shadow_score")))
    op.create_table("rule_rollback",
                    sa.Column("id", sa.Uuid(), nullable=False),
                    sa.Column("version", sa.Text(), nullable=False),
                    sa.Column("replaces", sa.Text(), nullable=False),
                    sa.Column("reason", sa.Text(), nullable=False),
                    sa.Column("state", sa.Text(), nullable=False),
                    sa.Column("proposed_by", sa.Uuid(), nullable=False),
                    sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
                    sa.Column("confirmed_by", sa.Uuid(), nullable=True),
                    sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
                    sa.CheckConstraint("state IN ('done', 'proposed', 'withdrawn')",
                                       name=op.f("ck_rule_rollback_state")),
                    sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_rule_rollback_four_eyes")),
                    sa.CheckConstraint("(state = 'done') = (confirmed_by IS NOT NULL)",
                                       name=op.f("ck_rule_rollback_confirmed")),
                    sa.CheckConstraint("version <> replaces", name=op.f("ck_rule_rollback_versions")),
                    *_officers("rule_rollback", "proposed_by", "confirmed_by"),
                    sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_rollback")))
    op.create_index("uq_rule_rollback_open", "rule_rollback", ["state"], unique=True,
                    postgresql_where=sa.text("state = 'proposed'"))


def _officers(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([column], ["account.id"], name=op.f(f"fk_{table}_{column}")) for column in columns]


def _proposals() -> None:
    op.create_table("rule_proposal",
                    sa.Column("id", sa.Uuid(), nullable=False),
                    sa.Column("version", sa.Text(), nullable=False),
                    sa.Column("hash", sa.Text(), nullable=False),
                    sa.Column("data", postgresql.JSONB(), nullable=False),
                    sa.Column("note", sa.Text(), nullable=False),
                    sa.Column("state", sa.Text(), nullable=False),
                    sa.Column("drafted_by", sa.Uuid(), nullable=False),
                    sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
                    sa.Column("against", sa.Text(), nullable=False),
                    sa.Column("as_of", sa.Date(), nullable=False),
                    sa.Column("scored", sa.BigInteger(), nullable=False),
                    sa.Column("to_score", sa.BigInteger(), nullable=True),
                    sa.Column("shadow", postgresql.JSONB(), nullable=True),
                    sa.Column("shadow_sha256", sa.Text(), nullable=True),
                    sa.Column("shadowed_at", sa.DateTime(timezone=True), nullable=True),
                    sa.Column("noticed_by", sa.Uuid(), nullable=True),
                    sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True),
                    sa.Column("from_day", sa.Date(), nullable=True),
                    sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
                    sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
                    sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
                    sa.Column("withdrawn_because", sa.Text(), nullable=True),
                    sa.CheckConstraint("state IN ('drafted', 'in_force', 'noticed', 'shadowed', 'withdrawn')",
                                       name=op.f("ck_rule_proposal_state")),
                    sa.CheckConstraint("noticed_by <> drafted_by", name=op.f("ck_rule_proposal_four_eyes")),
                    sa.CheckConstraint("(state IN ('noticed', 'in_force')) <= (noticed_by IS NOT NULL AND noticed_at IS"
                                       " NOT NULL AND from_day IS NOT NULL AND shadow_sha256 IS NOT NULL)",
                                       name=op.f("ck_rule_proposal_noticed")),
                    sa.CheckConstraint("from_day >= (noticed_at AT TIME ZONE 'Asia/Shanghai')::date + 30",
                                       name=op.f("ck_rule_proposal_notice_days")),
                    sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_because IS NOT NULL)",
                                       name=op.f("ck_rule_proposal_withdrawn")),
                    sa.CheckConstraint("(shadow IS NULL) = (shadow_sha256 IS NULL)",
                                       name=op.f("ck_rule_proposal_shadow")),
                    *_officers("rule_proposal", "drafted_by", "noticed_by", "withdrawn_by"),
                    sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_proposal")))
    op.create_index("uq_rule_proposal_version", "rule_proposal", ["version"], unique=True,
                    postgresql_where=sa.text("state <> 'withdrawn'"))
    op.create_index("ix_rule_proposal_due", "rule_proposal", ["from_day"],
                    postgresql_where=sa.text("state = 'noticed'"))


def downgrade() -> None:
    """Drop it."""
    for table in ("rule_rollback", "shadow_score", "rule_proposal"):
        op.drop_table(table)
