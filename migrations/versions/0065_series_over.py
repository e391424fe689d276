"""series: those that stand are found, to be ended once they are over."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    """An index of series that stand."""
    op.create_index("ix_series_standing", "series", ["id"], postgresql_where=sa.text("state = 'confirmed'"))


def downgrade() -> None:
    """Without it."""
    op.drop_index("ix_series_standing", table_name="series")
