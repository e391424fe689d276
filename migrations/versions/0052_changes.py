"""changes: a visit is moved or goes on longer; what that costs more is paid by itself, what it costs less goes back."""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052"
down_revision = "0051"

OPEN = sa.text("state IN ('asked', 'to_pay')")
LIVE = "state NOT IN ('failed', 'cancelled')"
#: what is never to be found: as in ledger_health
CHECKS = (
    """SELECT 'change' AS "check", 'change:' || change.id AS subject,
           change.state || ', and the booking was paid ' || coalesce(paid.fen, 0) || ' fen for it' AS detail,
           change.created_at AS since
       FROM change LEFT JOIN (SELECT change_id, sum(amount_fen) AS fen FROM payment
                              WHERE state = 'succeeded' AND NOT overtaken GROUP BY change_id) paid ON paid.change_id = change.id
       WHERE coalesce(paid.fen, 0) <> CASE change.state WHEN 'done' THEN greatest(change.difference_fen, 0) ELSE 0 END""",
    """SELECT 'change', 'booking:' || booking.id, 'its lines sum to ' || priced.fen || ' fen, not ' || booking.total_fen,
           booking.created_at
       FROM booking CROSS JOIN LATERAL (SELECT sum((line ->> 'amount')::bigint) AS fen
                                        FROM jsonb_array_elements(booking.lines) line) priced
       WHERE EXISTS (SELECT FROM change WHERE change.booking_id = booking.id) AND priced.fen <> booking.total_fen""",
    """SELECT 'change', held.ref, 'holds her time and is not open', NULL::timestamptz FROM worker_interval held
       WHERE held.ref LIKE 'change:%' AND NOT EXISTS (
           SELECT FROM change WHERE change.id = split_part(held.ref, ':', 2)::uuid AND change.state IN ('asked', 'to_pay'))""",
)
#: what of a booking the days' view holds against its payments, before and after
COUNTED, ALL_COUNTED = "booking.paid_fen", "(booking.paid_fen + booking.returned_fen)"


def _view(name: str) -> str:
    return str(op.get_bind().scalar(sa.text("SELECT pg_get_viewdef(CAST(:name AS regclass))"), {"name": name})
               ).rstrip("; \n")


def _count(before: str, after: str) -> None:
    """What the days' view counts as paid of a booking."""
    days, paid = _view("attendance_health"), "({})::numeric <> paid.fen"
    changed = days.replace(paid.format(before), paid.format(after))
    assert changed != days
    op.execute(f"CREATE OR REPLACE VIEW attendance_health AS {changed}")


def upgrade() -> None:
    """Let bookings be moved."""
    op.add_column("booking", sa.Column("returned_fen", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("booking", sa.Column("fee_start", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_booking_returned"), "booking", "returned_fen >= 0")
    op.create_table(
        "change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("was", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("difference_fen", sa.BigInteger(), nullable=False),
        sa.Column("payment_begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'done', 'lapsed', 'refused', 'to_pay', 'withdrawn')",
                           name=op.f("ck_change_state")),
        sa.CheckConstraint("kind IN ('reschedule', 'extension')", name=op.f("ck_change_kind")),
        sa.CheckConstraint("asked_by IN ('household', 'worker', 'firm')", name=op.f("ck_change_asked_by")),
        sa.CheckConstraint("state <> 'to_pay' OR difference_fen > 0", name=op.f("ck_change_to_pay")),
        sa.CheckConstraint("(settled_at IS NULL) = (state IN ('asked', 'to_pay'))", name=op.f("ck_change_settled")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_change_booking_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_change_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")))
    op.create_index("ix_change_booking", "change", ["booking_id", "id"])
    op.create_index("uq_change_open", "change", ["booking_id"], unique=True, postgresql_where=OPEN)
    op.create_index("ix_change_expiry", "change", ["expires_at"], postgresql_where=OPEN)
    op.add_column("payment", sa.Column("change_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_payment_change_id"), "payment", "change", ["change_id"], ["id"])
    op.drop_constraint(op.f("ck_payment_part"), "payment")
    op.create_check_constraint(op.f("ck_payment_part"), "payment", "part IN ('full', 'deposit', 'balance', 'supplement')")
    op.create_check_constraint(op.f("ck_payment_supplement"), "payment",
                               "(change_id IS NOT NULL) = (part = 'supplement')")
    op.drop_index("uq_payment_live", "payment")
    op.create_index("uq_payment_live", "payment", ["booking_id", "part"], unique=True,
                    postgresql_where=sa.text(f"{LIVE} AND change_id IS NULL"))
    op.create_index("uq_payment_change_live", "payment", ["change_id"], unique=True, postgresql_where=sa.text(LIVE))
    _count(COUNTED, ALL_COUNTED)
    op.execute(f"CREATE VIEW changes_health AS {' UNION ALL '.join(CHECKS)}")
    op.execute(f"""CREATE OR REPLACE VIEW ledger_health AS {_view('ledger_health')}
                   UNION ALL SELECT "check", subject, detail, since FROM changes_health""")


def downgrade() -> None:
    """Take it back. A booking that was moved for more or less money would then not add up: there may be none."""
    alone = re.split(r"UNION ALL\s+SELECT changes_health\.", _view("ledger_health"), maxsplit=1)[0]
    op.execute(f"CREATE OR REPLACE VIEW ledger_health AS {alone}")
    op.execute("DROP VIEW changes_health")
    _count(ALL_COUNTED, COUNTED)
    op.drop_index("uq_payment_change_live", "payment")
    op.drop_index("uq_payment_live", "payment")
    op.create_index("uq_payment_live", "payment", ["booking_id", "part"], unique=True, postgresql_where=sa.text(LIVE))
    op.drop_constraint(op.f("ck_payment_supplement"), "payment")
    op.drop_constraint(op.f("ck_payment_part"), "payment")
    op.create_check_constraint(op.f("ck_payment_part"), "payment", "part IN ('full', 'deposit', 'balance')")
    op.drop_column("payment", "change_id")
    op.drop_table("change")
    op.drop_constraint(op.f("ck_booking_returned"), "booking")
    op.drop_column("booking", "fee_start")
    op.drop_column("booking", "returned_fen")
