"""favourites, households: workers a family marked, its members who are cared for, whom a booking is for."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    """Create what families keep."""
    op.create_table(
        "favourite",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_favourite_household_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_favourite_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_favourite")),
        sa.UniqueConstraint("household_id", "worker_id", name=op.f("uq_favourite_household_id_worker_id")))
    op.create_index("ix_favourite_household", "favourite", ["household_id", "id"])
    op.create_table(
        "household_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("birth_year", sa.BigInteger(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("needs", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_member_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_member")))
    op.create_index("ix_household_member_household", "household_member", ["household_id", "id"])
    for table in ("quote", "booking"):
        op.add_column(table, sa.Column("member_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_member_id"), table, "household_member", ["member_id"], ["id"])


def downgrade() -> None:
    """Drop it."""
    for table in ("booking", "quote"):
        op.drop_column(table, "member_id")
    op.drop_table("household_member")
    op.drop_table("favourite")
