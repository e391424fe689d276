"""attendance: engagements by days, what was paid of a booking, and the days worked.

Deposits, balances, half days and the pay of holidays are this product's own choices after what firms publish, dated so
that a later migration can add others. Which days are statutory holidays follows from the regulation on public holidays.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0042"

SINCE = date(2020, 1, 1)
TERMS = [  # mode, deposit, balance so many days before, a holiday paid as, minutes of half a day, fee for ending early
    ("package", 300, 7, 3, 480, 0),
    ("monthly", 0, 0, 1, 240, 0),
    ("live_in", 0, 0, 1, 480, 0),
]
#: first day, how many, name
HOLIDAYS = [
    ("2026-01-01", 1, "元旦"), ("2026-02-16", 4, "春节"), ("2026-04-05", 1, "清明节"), ("2026-05-01", 2, "劳动节"),
    ("2026-06-19", 1, "端午节"), ("2026-09-25", 1, "中秋节"), ("2026-10-01", 3, "国庆节"),
    ("2027-01-01", 1, "元旦"), ("2027-02-05", 4, "春节"), ("2027-04-05", 1, "清明节"), ("2027-05-01", 2, "劳动节"),
    ("2027-06-09", 1, "端午节"), ("2027-09-15", 1, "中秋节"), ("2027-10-01", 3, "国庆节"),
    ("2028-01-01", 1, "元旦"), ("2028-01-25", 4, "春节"), ("2028-04-04", 1, "清明节"), ("2028-05-01", 2, "劳动节"),
    ("2028-05-28", 1, "端午节"), ("2028-10-01", 3, "国庆节、中秋节"),
]
PLANNED = "(days IS NULL) = (plan IS NULL) AND days > 0"
#: what is never to be found: as in ledger_health
CHECKS = (
    """SELECT 'paid' AS "check", 'booking:' || booking.id AS subject, 'counts ' || booking.paid_fen || ' fen as paid, not '
           || paid.fen AS detail, paid.at AS since
       FROM booking JOIN (SELECT booking_id, sum(amount_fen) AS fen, max(succeeded_at) AS at FROM payment
                          WHERE state = 'succeeded' AND NOT overtaken GROUP BY booking_id) paid ON paid.booking_id = booking.id
       WHERE booking.state IN ('confirmed', 'under_way', 'served', 'completed') AND booking.paid_fen <> paid.fen""",
    """SELECT 'paid', 'booking:' || id, booking.state || ' before all of it was paid', started_at FROM booking
       WHERE state IN ('under_way', 'served', 'completed') AND paid_fen < total_fen""",
    """SELECT 'workdays', 'booking:' || booking.id, released.fen || ' fen are released for days worth ' || days.fen,
           released.at
       FROM booking JOIN (SELECT booking_id, sum(CASE WHEN state = 'agreed' THEN fen ELSE 0 END) AS fen FROM workday
                          GROUP BY booking_id) days ON days.booking_id = booking.id
       CROSS JOIN LATERAL (
           SELECT coalesce(sum(line.amount_fen), 0) AS fen, max(tx.at) AS at
           FROM posting_tx tx JOIN posting line ON line.tx_id = tx.id AND line.account = 'escrow:' || booking.id
           WHERE tx.booking_id = booking.id AND tx.kind IN ('released', 'recalled')) released
       WHERE booking.state = 'under_way' AND released.fen <> days.fen AND NOT (released.fen < days.fen AND EXISTS (
           SELECT FROM payment WHERE payment.booking_id = booking.id AND payment.disputed_fen + payment.lost_fen > 0))""",
)


def _dates() -> list[dict[str, object]]:
    return [{"day": date.fromordinal(date.fromisoformat(first).toordinal() + more), "name": name}
            for first, count, name in HOLIDAYS for more in range(count)]


def upgrade() -> None:
    """Let bookings go by days and be paid in parts; keep the days worked."""
    terms = op.create_table('engagement_terms',
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('deposit_permille', sa.BigInteger(), nullable=False),
    sa.Column('balance_days', sa.BigInteger(), nullable=False),
    sa.Column('holiday_times', sa.BigInteger(), nullable=False),
    sa.Column('half_minutes', sa.BigInteger(), nullable=False),
    sa.Column('early_permille', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("mode IN ('package', 'monthly', 'live_in')", name=op.f('ck_engagement_terms_mode')),
    sa.CheckConstraint('deposit_permille BETWEEN 0 AND 1000 AND early_permille BETWEEN 0 AND 1000',
                       name=op.f('ck_engagement_terms_permille')),
    sa.CheckConstraint('balance_days >= 0 AND holiday_times >= 1 AND half_minutes BETWEEN 60 AND 1440',
                       name=op.f('ck_engagement_terms_terms')),
    sa.PrimaryKeyConstraint('mode', 'valid_from', name=op.f('pk_engagement_terms'))
    )
    holidays = op.create_table('statutory_holiday',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_statutory_holiday'))
    )
    op.bulk_insert(terms, [
        {"mode": mode, "valid_from": SINCE, "deposit_permille": deposit, "balance_days": days, "holiday_times": times,
         "half_minutes": half, "early_permille": early} for mode, deposit, days, times, half, early in TERMS])
    op.bulk_insert(holidays, _dates())
    for table in ("quote", "booking"):
        op.add_column(table, sa.Column("days", sa.BigInteger(), nullable=True))
        op.add_column(table, sa.Column("plan", postgresql.JSONB(), nullable=True))
        op.create_check_constraint(op.f(f"ck_{table}_plan"), table, PLANNED)
    op.add_column("booking", sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("booking", sa.Column("paid_fen", sa.BigInteger(), nullable=True))
    op.execute("UPDATE booking SET paid_fen = CASE WHEN confirmed_at IS NULL THEN 0 ELSE total_fen END")
    op.alter_column("booking", "paid_fen", nullable=False)
    op.create_check_constraint(op.f("ck_booking_paid"), "booking", "paid_fen BETWEEN 0 AND total_fen")
    op.drop_constraint(op.f("ck_booking_refund"), "booking")
    op.create_check_constraint(op.f("ck_booking_refund"), "booking", "refund_fen BETWEEN 0 AND paid_fen")
    op.create_index("ix_booking_balance", "booking", ["remind_at"], postgresql_where=sa.text("state = 'confirmed'"))
    op.add_column("payment", sa.Column("overtaken", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("""UPDATE payment SET overtaken = true FROM ledger_entry entry WHERE entry.fact = 'payment.overtaken'
                  AND entry.data ->> 'payment' = payment.id::text""")
    _keep_days()
    op.execute(f"CREATE VIEW attendance_health AS {' UNION ALL '.join(CHECKS)}")


def _keep_days() -> None:
    op.create_table('workday',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('minutes', sa.BigInteger(), nullable=False),
    sa.Column('half', sa.Boolean(), nullable=False),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('recorded_by', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by', sa.Text(), nullable=True),
    sa.CheckConstraint("state IN ('agreed', 'contested', 'recorded', 'struck')", name=op.f('ck_workday_state')),
    sa.CheckConstraint('minutes BETWEEN 60 AND 1440', name=op.f('ck_workday_minutes')),
    sa.CheckConstraint('fen >= 0', name=op.f('ck_workday_fen')),
    sa.CheckConstraint("(state IN ('agreed', 'struck')) = (settled_at IS NOT NULL)", name=op.f('ck_workday_settled')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_workday_booking_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['account.id'], name=op.f('fk_workday_recorded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workday')),
    sa.UniqueConstraint('booking_id', 'day', name=op.f('uq_workday_booking_id_day'))
    )
    op.create_index('ix_workday_due', 'workday', ['recorded_at'], postgresql_where=sa.text("state = 'recorded'"))
    op.create_index('ix_workday_contested', 'workday', ['id'], postgresql_where=sa.text("state = 'contested'"))
    op.create_table('engagement_ending',
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('party', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('fee_fen', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_by', sa.Uuid(), nullable=False),
    sa.CheckConstraint("party IN ('household', 'firm')", name=op.f('ck_engagement_ending_party')),
    sa.CheckConstraint('fee_fen >= 0', name=op.f('ck_engagement_ending_fee')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_engagement_ending_booking_id')),
    sa.ForeignKeyConstraint(['ended_by'], ['account.id'], name=op.f('fk_engagement_ending_ended_by')),
    sa.PrimaryKeyConstraint('booking_id', name=op.f('pk_engagement_ending'))
    )


def downgrade() -> None:
    """Take it back. A booking of which less than the total was paid would then be charged for all: there may be none."""
    op.execute("DROP VIEW attendance_health")
    op.drop_table("engagement_ending")
    op.drop_table("workday")
    op.drop_column("payment", "overtaken")
    op.drop_index("ix_booking_balance", "booking")
    op.drop_constraint(op.f("ck_booking_refund"), "booking")
    op.create_check_constraint(op.f("ck_booking_refund"), "booking", "refund_fen BETWEEN 0 AND total_fen")
    op.drop_constraint(op.f("ck_booking_paid"), "booking")
    op.drop_column("booking", "paid_fen")
    op.drop_column("booking", "remind_at")
    for table in ("quote", "booking"):
        op.drop_constraint(op.f(f"ck_{table}_plan"), table)
        op.drop_column(table, "plan")
        op.drop_column(table, "days")
    op.drop_table("statutory_holiday")
    op.drop_table("engagement_terms")
