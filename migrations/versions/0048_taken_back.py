"""attendance: days agreed of an engagement part of whose money a bank took back may be released in part only."""

from alembic import op

revision = "0048"
down_revision = "0047"

#: what is never to be found, as in 0043; {taken}: what is right all the same
CHECKS = """
    SELECT 'paid' AS "check", 'booking:' || booking.id AS subject, 'counts ' || booking.paid_fen || ' fen as paid, not '
           || paid.fen AS detail, paid.at AS since
    FROM booking JOIN (SELECT booking_id, sum(amount_fen) AS fen, max(succeeded_at) AS at FROM payment
                       WHERE state = 'succeeded' AND NOT overtaken GROUP BY booking_id) paid ON paid.booking_id = booking.id
    WHERE booking.state IN ('confirmed', 'under_way', 'served', 'completed') AND booking.paid_fen <> paid.fen
    UNION ALL
    SELECT 'paid', 'booking:' || id, booking.state || ' before all of it was paid', started_at FROM booking
    WHERE state IN ('under_way', 'served', 'completed') AND paid_fen < total_fen
    UNION ALL
    SELECT 'workdays', 'booking:' || booking.id, released.fen || ' fen are released for days worth ' || days.fen, released.at
    FROM booking JOIN (SELECT booking_id, sum(CASE WHEN state = 'agreed' THEN fen ELSE 0 END) AS fen FROM workday
                       GROUP BY booking_id) days ON days.booking_id = booking.id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(line.amount_fen), 0) AS fen, max(tx.at) AS at
        FROM posting_tx tx JOIN posting line ON line.tx_id = tx.id AND line.account = 'escrow:' || booking.id
        WHERE tx.booking_id = booking.id AND tx.kind IN ('released', 'recalled')) released
    WHERE booking.state = 'under_way' AND released.fen <> days.fen{taken}"""
TAKEN = """ AND NOT (released.fen < days.fen AND EXISTS (
        SELECT FROM payment WHERE payment.booking_id = booking.id AND payment.disputed_fen + payment.lost_fen > 0))"""


def upgrade() -> None:
    """What a bank holds or took can't be released."""
    op.execute(f"CREATE OR REPLACE VIEW attendance_health AS {CHECKS.format(taken=TAKEN)}")


def downgrade() -> None:
    """Every agreed day is released whole."""
    op.execute(f"CREATE OR REPLACE VIEW attendance_health AS {CHECKS.format(taken='')}")
