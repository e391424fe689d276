"""competitions: the last trigger function that looked for its tables wherever its caller's search path led.

A city's tables lie in a schema of its own, and a distributed one is written by connections whose path is another.
"""

from alembic import op

revision = "0068"
down_revision = "0067"


def upgrade() -> None:
    """It looks where it was made."""
    op.execute("ALTER FUNCTION refuse_unless_judging() SET search_path FROM CURRENT")


def downgrade() -> None:
    """As before."""
    op.execute("ALTER FUNCTION refuse_unless_judging() RESET search_path")
