"""books: one view of all that is wrong with money, whichever room says so."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

#: views of rooms with the same columns: check, subject, detail, since
ROOMS = ("attendance_health", "clearing_health", "coupons_health", "disputes_health", "payouts_health",
         "prepaid_health")


def _view() -> str:
    return str(op.get_bind().scalar(sa.text("SELECT pg_get_viewdef('ledger_health'::regclass)"))).rstrip("; \n")


def upgrade() -> None:
    """Unite the rooms' views with the books' own."""
    rooms = "".join(f' UNION ALL SELECT "check", subject, detail, since FROM {name}' for name in ROOMS)
    op.execute(f"CREATE OR REPLACE VIEW ledger_health AS {_view()}{rooms}")


def downgrade() -> None:
    """Part them again."""
    alone = re.split(r"UNION ALL\s+SELECT (?:\w+\.\"check\"|\"check\"|\w+_health\.\"check\")(?=[^;]*FROM \w+_health)",
                     _view(), maxsplit=1)[0]
    op.execute(f"CREATE OR REPLACE VIEW ledger_health AS {alone}")
