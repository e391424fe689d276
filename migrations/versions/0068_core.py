"""core: every function of a city looks for tables in the city's own schema, by name.

A distributed schema is written by connections whose search path is another's; one trigger function followed it, and the
others followed ``"$user", public``, which is another schema for another role.
"""

from alembic import op

revision = "0068"
down_revision = "0067"

BEFORE = ("refuse_change()", "next_free(bigint, timestamptz, integer)", "refuse_unbalanced()", "log_take_up()")
FUNCTIONS = (*BEFORE, "refuse_unless_judging()")


def upgrade() -> None:
    """They look where they were made."""
    city = op.get_bind().exec_driver_sql("SELECT current_schema()").scalar_one()
    for name in FUNCTIONS:
        op.execute(f'ALTER FUNCTION {name} SET search_path = "{city}"')


def downgrade() -> None:
    """As before."""
    for name in BEFORE:
        op.execute(f"ALTER FUNCTION {name} SET search_path FROM CURRENT")
    op.execute("ALTER FUNCTION refuse_unless_judging() RESET search_path")
