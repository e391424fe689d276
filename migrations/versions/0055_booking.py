"""firms, booking: a firm may be asked before a paid booking stands."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"

#: what of booking names its states, and how: in each the state that is asked comes first
VIEWS = ("ledger_health", "attendance_health", "coupons_health")
STATES = ("pg_get_constraintdef", "pg_constraint WHERE conname = 'ck_booking_state'")
QUOTE_LIVE = ("pg_get_indexdef", "pg_class WHERE relname = 'uq_booking_quote_live'"
                                 " AND relnamespace = current_schema()::regnamespace")
ASKED = "'asked'::text, "


def _said(function: str, of: str) -> str:
    """What a constraint, an index or a view says now."""
    return str(op.get_bind().scalar(sa.text(f"SELECT {function}(oid) FROM {of}"))).rstrip("; \n")


def _with(text: str) -> str:
    """The lists of states of paid and of live bookings, with those the firm is asked for."""
    for after in ("ARRAY[", "'held'::text, "):
        text = text.replace(f"{after}'confirmed'::text", f"{after}{ASKED}'confirmed'::text")
    return text


def _states(text: str) -> None:
    op.drop_constraint(op.f("ck_booking_state"), "booking")
    op.execute(f"ALTER TABLE booking ADD CONSTRAINT ck_booking_state {text}")


def _quote_live(text: str) -> None:
    op.drop_index("uq_booking_quote_live", "booking")
    op.execute(text)


def _views(change: object) -> None:
    for view in VIEWS:
        said = _said("pg_get_viewdef", f"pg_class WHERE oid = '{view}'::regclass")
        op.execute(f"CREATE OR REPLACE VIEW {view} AS {change(said)}")  # type: ignore[operator]


def upgrade() -> None:
    """Keep how long firms have to answer; let bookings wait for it."""
    op.create_table(
        "answer_window",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 30 AND 1440", name=op.f("ck_answer_window_minutes")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_answer_window_firm_id")),
        sa.ForeignKeyConstraint(["service_code"], ["service.code"], name=op.f("fk_answer_window_service_code")),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_answer_window_set_by")),
        sa.PrimaryKeyConstraint("firm_id", "service_code", name=op.f("pk_answer_window")))
    for table in ("quote", "booking"):
        op.add_column(table, sa.Column("answer_minutes", sa.BigInteger(), nullable=True))
    op.add_column("booking", sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))
    _states(_said(*STATES).replace("ARRAY[", f"ARRAY[{ASKED}", 1))
    op.create_check_constraint(op.f("ck_booking_asked"), "booking",
                               "state <> 'asked' OR answer_by IS NOT NULL AND paid_fen > 0")
    op.create_index("ix_booking_answer", "booking", ["answer_by"], postgresql_where=sa.text("state = 'asked'"))
    _quote_live(_with(_said(*QUOTE_LIVE)))
    _views(_with)


def downgrade() -> None:
    """Take it back. No booking may wait for a firm's answer then."""
    _views(lambda text: text.replace(ASKED, ""))
    _quote_live(_said(*QUOTE_LIVE).replace(ASKED, ""))
    op.drop_index("ix_booking_answer", "booking")
    op.drop_constraint(op.f("ck_booking_asked"), "booking")
    _states(_said(*STATES).replace(ASKED, ""))
    op.drop_column("booking", "answer_by")
    for table in ("booking", "quote"):
        op.drop_column(table, "answer_minutes")
    op.drop_table("answer_window")
