"""households, booking: members who were removed are erased in time."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    """A member may be emptied; who is still needed is found by the bookings for them."""
    for column in ("name", "birth_year", "needs"):
        op.alter_column("household_member", column, nullable=True)
    op.add_column("household_member", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_household_member_erased"), "household_member",
        "num_nulls(name, birth_year, needs) = CASE WHEN erased_at IS NULL THEN 0 ELSE 3 END")
    op.create_index("ix_household_member_removed", "household_member", ["removed_at"],
                    postgresql_where=sa.text("removed_at IS NOT NULL AND erased_at IS NULL"))
    op.create_index("ix_booking_member", "booking", ["member_id"], postgresql_where=sa.text("member_id IS NOT NULL"))


def downgrade() -> None:
    """Who was erased is forgotten altogether."""
    op.drop_index("ix_booking_member", table_name="booking")
    op.drop_index("ix_household_member_removed", table_name="household_member")
    op.drop_constraint(op.f("ck_household_member_erased"), "household_member", type_="check")
    erased = "(SELECT id FROM household_member WHERE erased_at IS NOT NULL)"
    for table in ("quote", "booking", "series", "need"):
        op.execute(f"UPDATE {table} SET member_id = NULL WHERE member_id IN {erased}")
    op.execute(f"DELETE FROM mandate_member WHERE member_id IN {erased}")
    op.execute("DELETE FROM household_member WHERE erased_at IS NOT NULL")
    op.drop_column("household_member", "erased_at")
    for column in ("name", "birth_year", "needs"):
        op.alter_column("household_member", column, nullable=False)
