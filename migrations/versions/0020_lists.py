"""lists: its tables, what standing on one does to workers and firms, and mediation of a complaint."""

import sqlalchemy as sa
from alembic import op

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


def downgrade() -> None:
    """Drop it."""
    for column in ("mediated_at", "mediation_words", "mediation"):
        op.drop_column("complaint", column)
    for table in ("firm", "worker"):
        op.drop_column(table, "barred")
