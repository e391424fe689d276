"""casework: a decision that an upheld appeal undid is kept, and says so."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def _checks(states: str, with_severity: str) -> None:
    op.drop_constraint(op.f("ck_complaint_state"), "complaint")
    op.drop_constraint(op.f("ck_complaint_severity_known"), "complaint")
    op.create_check_constraint(op.f("ck_complaint_state"), "complaint", f"state IN ({states})")
    op.create_check_constraint(op.f("ck_complaint_severity_known"), "complaint",
                               f"({with_severity}) = (severity IS NOT NULL)")


def upgrade() -> None:
    """Allow the state."""
    _checks("'answered', 'dismissed', 'open', 'overturned', 'substantiated'",
            "state IN ('substantiated', 'overturned')")


def downgrade() -> None:
    """Take it away; what was overturned is dismissed then."""
    op.execute(sa.text("UPDATE complaint SET state = 'dismissed', severity = NULL WHERE state = 'overturned'"))
    _checks("'answered', 'dismissed', 'open', 'substantiated'", "state = 'substantiated'")
