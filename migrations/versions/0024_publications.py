"""publications: its table, and the index by which a period is found in the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Create what publications keeps."""
    op.create_table("publication",
                    sa.Column("id", sa.Uuid(), nullable=False),
                    sa.Column("kind", sa.Text(), nullable=False),
                    sa.Column("period", sa.Text(), nullable=False),
                    sa.Column("from_day", sa.Date(), nullable=False),
                    sa.Column("to_day", sa.Date(), nullable=False),
                    sa.Column("edition", sa.BigInteger(), nullable=False),
                    sa.Column("body", sa.Text(), nullable=False),
                    sa.Column("sha256", sa.Text(), nullable=False),
                    sa.Column("reason", sa.Text(), nullable=True),
                    sa.Column("published_by", sa.Uuid(), nullable=True),
                    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
                    sa.CheckConstraint("kind IN ('monthly', 'quarterly')", name=op.f("ck_publication_kind")),
                    sa.CheckConstraint("from_day <= to_day", name=op.f("ck_publication_period")),
                    sa.CheckConstraint("encode(sha256(convert_to(body, 'UTF8')), 'hex') = sha256",
                                       name=op.f("ck_publication_sha256")),
                    sa.CheckConstraint("edition >= 1 AND (edition = 1) = (reason IS NULL)"
                                       " AND (edition = 1) = (published_by IS NULL)",
                                       name=op.f("ck_publication_corrected")),
                    sa.ForeignKeyConstraint(["published_by"], ["account.id"],
                                            name=op.f("fk_publication_published_by")),
                    sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
                    sa.UniqueConstraint("kind", "period", "edition", name=op.f("uq_publication_kind_period_edition")))
    op.create_index("ix_publication_newest", "publication", ["to_day", "id"])
    op.create_index("ix_ledger_entry_at", "ledger_entry", ["at"], postgresql_using="brin")
    op.execute("CALL make_append_only('publication')")


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_ledger_entry_at", table_name="ledger_entry")
    op.drop_table("publication")
