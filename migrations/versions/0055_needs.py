"""firms, booking, needs: a firm may be asked before a paid booking stands; what families look for, and quotes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055"
down_revision = "0054"

#: what of booking names its states, and how: in each the state that is asked comes first
VIEWS = ("ledger_health", "attendance_health", "coupons_health")
STATES = ("pg_get_constraintdef", "pg_constraint WHERE conname = 'ck_booking_state'"
                                  " AND conrelid = 'booking'::regclass")
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
    _need()
    _need_quote()


def _need() -> None:
    op.create_table(
        "need",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("minutes", sa.BigInteger(), nullable=True),
        sa.Column("days", sa.BigInteger(), nullable=True),
        sa.Column("start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("budget_fen", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('closed', 'lapsed', 'open', 'ordered')", name=op.f("ck_need_state")),
        sa.CheckConstraint("(minutes IS NULL) <> (days IS NULL)", name=op.f("ck_need_length")),
        sa.CheckConstraint("(start IS NULL) = (from_day IS NOT NULL) AND (from_day IS NULL) = (to_day IS NULL)"
                           " AND from_day <= to_day", name=op.f("ck_need_time")),
        sa.CheckConstraint("(state = 'ordered') = (booking_id IS NOT NULL)", name=op.f("ck_need_ordered")),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_need_closed")),
        *(sa.ForeignKeyConstraint([column], [f"{table}.{key}"], name=op.f(f"fk_need_{column}"))
          for column, table, key in (
              ("household_id", "household", "id"), ("service_code", "service", "code"), ("address_id", "address", "id"),
              ("region_code", "region", "code"), ("member_id", "household_member", "id"),
              ("booking_id", "booking", "id"))),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")))
    op.create_index("ix_need_household", "need", ["household_id", "id"])
    op.create_index("ix_need_open", "need", ["region_code", "service_code", "id"],
                    postgresql_where=sa.text("state = 'open'"))
    op.create_index("ix_need_closing", "need", ["closes_at"], postgresql_where=sa.text("state = 'open'"))


def _need_quote() -> None:
    op.create_table(
        "need_quote",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("policy", postgresql.JSONB(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=True),
        sa.Column("plan", postgresql.JSONB(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quoted_by", sa.Uuid(), nullable=False),
        sa.Column("quoted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('chosen', 'lapsed', 'offered', 'passed_over', 'withdrawn')",
                           name=op.f("ck_need_quote_state")),
        sa.CheckConstraint("(days IS NULL) = (plan IS NULL) AND days > 0", name=op.f("ck_need_quote_plan")),
        sa.CheckConstraint("total_fen > 0", name=op.f("ck_need_quote_total")),
        sa.CheckConstraint("(state = 'offered') = (closed_at IS NULL)", name=op.f("ck_need_quote_closed")),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_need_quote_{column}"))
          for column, table in (
              ("need_id", "need"), ("firm_id", "firm"), ("worker_id", "worker"), ("quoted_by", "account"))),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_quote")))
    op.create_index("uq_need_quote_live", "need_quote", ["need_id", "firm_id", "worker_id"], unique=True,
                    postgresql_where=sa.text("state = 'offered'"))
    op.create_index("ix_need_quote_need", "need_quote", ["need_id", "state", "total_fen", "id"])
    op.create_index("ix_need_quote_firm", "need_quote", ["firm_id", "id"])
    op.create_index("ix_need_quote_good", "need_quote", ["good_until"], postgresql_where=sa.text("state = 'offered'"))


def downgrade() -> None:
    """Take it back. No booking may wait for a firm's answer then."""
    op.drop_table("need_quote")
    op.drop_table("need")
    _views(lambda text: text.replace(ASKED, ""))
    _quote_live(_said(*QUOTE_LIVE).replace(ASKED, ""))
    op.drop_index("ix_booking_answer", "booking")
    op.drop_constraint(op.f("ck_booking_asked"), "booking")
    _states(_said(*STATES).replace(ASKED, ""))
    op.drop_column("booking", "answer_by")
    for table in ("booking", "quote"):
        op.drop_column(table, "answer_minutes")
    op.drop_table("answer_window")
