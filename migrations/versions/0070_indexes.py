"""core: indexes for what routes ask of tables that grow: a card's payments, a firm's entries, a competition's honours.

Those of payments are built while payments go on, which ends the transaction; so all of it may be done again. Of the
others there are few rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0068"

#: index → table, columns
NEW = {"ix_competition_honour_competition": ("competition_honour", ["competition_id", "id"]),
       "ix_competition_sheet_entrant": ("competition_sheet", ["entrant_id"]),
       "ix_competition_entrant_of_firm": ("competition_entrant", ["firm_id", "id"]),
       "ix_competition_entrant_entered_by": ("competition_entrant", ["entered_by", "id"]),
       "ix_course_session_ends": ("course_session", ["ends_at"])}


def upgrade() -> None:
    """A statement's lines are read in the order of their movements."""
    with op.get_context().autocommit_block():
        # one whose building was cut short is there, and is of no use
        op.drop_index("ix_payment_card", "payment", if_exists=True, postgresql_concurrently=True)
        op.create_index("ix_payment_card", "payment", ["card_id"], postgresql_where=sa.text("card_id IS NOT NULL"),
                        postgresql_concurrently=True)
    for name, (table, columns) in NEW.items():
        op.create_index(name, table, columns, if_not_exists=True)
    op.drop_index("ix_payout_line_item", "payout_line")
    op.create_index("ix_payout_line_item", "payout_line", ["item_id", "tx_id"])


def downgrade() -> None:
    """As before."""
    op.drop_index("ix_payout_line_item", "payout_line")
    op.create_index("ix_payout_line_item", "payout_line", ["item_id"])
    for name, (table, _) in NEW.items():
        op.drop_index(name, table)
    op.drop_index("ix_payment_card", "payment")
