"""payments, refunds and books: cards and parts may be paid, refunds answer an entry, what is released can be recalled."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

#: what is never to be found in the books: check, subject, detail, since when
CHECKS = (
    """SELECT 'balance' AS "check", 'posting_tx:' || tx.id AS subject, 'sums to ' || coalesce(sum(line.amount_fen), 0)
           AS detail, tx.at AS since
       FROM posting_tx tx LEFT JOIN posting line ON line.tx_id = tx.id
       GROUP BY tx.id HAVING coalesce(sum(line.amount_fen), 1) <> 0""",
    """SELECT 'charge', 'payment:' || payment.id, 'succeeded without an equal charge', payment.succeeded_at
       FROM payment LEFT JOIN posting_tx tx ON tx.kind IN ('charged', 'redeemed')
           AND tx.ref = coalesce(payment.intent_id, payment.id::text)
       LEFT JOIN posting line ON line.tx_id = tx.id
           AND line.account = coalesce('escrow:' || payment.booking_id, 'prepaid:' || payment.card_id)
       WHERE payment.state = 'succeeded' AND line.amount_fen IS DISTINCT FROM -payment.amount_fen""",
    """SELECT 'charge', 'posting_tx:' || tx.id, tx.kind || ' without a succeeded payment', tx.at FROM posting_tx tx
       WHERE tx.kind IN ('charged', 'redeemed') AND NOT EXISTS (
           SELECT FROM payment WHERE payment.state = 'succeeded'
           AND tx.ref = coalesce(payment.intent_id, payment.id::text))""",
    """SELECT 'refunds', 'payment:' || payment.id, 'more refunded than paid', max(refund.created_at)
       FROM payment JOIN refund ON refund.payment_id = payment.id AND refund.state NOT IN ('failed', 'replaced')
       GROUP BY payment.id, payment.amount_fen HAVING sum(refund.amount_fen) > payment.amount_fen""",
    """SELECT 'refunds', 'refund:' || refund.id, 'its postings do not fit its state', refund.checked_at
       FROM refund JOIN payment ON payment.id = refund.payment_id
       LEFT JOIN (posting_tx tx JOIN posting line ON line.tx_id = tx.id)
           ON tx.kind IN ('refunded', 'returned', 'refund_failed', 'repaid') AND tx.ref = refund.id::text
           AND line.account = coalesce('escrow:' || payment.booking_id, 'prepaid:' || payment.card_id)
       GROUP BY refund.id HAVING coalesce(sum(line.amount_fen), 0)
           <> CASE WHEN refund.state IN ('requested', 'failed', 'replaced') THEN 0 ELSE refund.amount_fen END""",
    """SELECT 'escrow', 'booking:' || held.booking_id, 'closed, and ' || held.fen || ' fen are still held',
           booking.closed_at
       FROM (SELECT tx.booking_id, -sum(line.amount_fen) AS fen FROM posting line JOIN posting_tx tx ON tx.id = line.tx_id
             WHERE line.account LIKE 'escrow:%' GROUP BY tx.booking_id) held
       JOIN booking ON booking.id = held.booking_id
           AND booking.state NOT IN ('held', 'confirmed', 'under_way', 'served')
       WHERE held.fen <> (SELECT coalesce(sum(refund.amount_fen), 0) FROM refund JOIN payment
                          ON payment.id = refund.payment_id AND payment.booking_id = booking.id
                          WHERE refund.state IN ('requested', 'failed'))""",
    """SELECT 'escrow', 'booking:' || booking.id, 'what is held is not what was paid less what left', paid.at
       FROM booking JOIN (SELECT booking_id, sum(amount_fen) AS fen, max(succeeded_at) AS at FROM payment
                          WHERE state = 'succeeded' GROUP BY booking_id) paid ON paid.booking_id = booking.id
       WHERE booking.state IN ('confirmed', 'under_way', 'served') AND paid.fen <> (
           SELECT coalesce(sum(refund.amount_fen), 0) FROM refund JOIN payment ON payment.id = refund.payment_id
           WHERE payment.booking_id = booking.id AND refund.state IN ('submitted', 'pending', 'succeeded', 'repaid')) + (
           SELECT coalesce(sum(line.amount_fen), 0) FROM posting line JOIN posting_tx tx ON tx.id = line.tx_id
           WHERE tx.booking_id = booking.id AND line.account = 'escrow:' || booking.id
           AND tx.kind IN ('released', 'recalled')) - (
           SELECT coalesce(sum(line.amount_fen), 0) FROM posting line WHERE line.account = 'escrow:' || booking.id)""",
    """SELECT 'paid', 'booking:' || booking.id, booking.state || ' without a succeeded payment', booking.confirmed_at
       FROM booking WHERE booking.state IN ('confirmed', 'under_way', 'served', 'completed') AND NOT EXISTS (
           SELECT FROM payment WHERE payment.booking_id = booking.id AND payment.state = 'succeeded')""",
    """SELECT 'sign', account, 'stands at ' || sum(amount_fen), NULL::timestamptz FROM posting
       GROUP BY account HAVING CASE
           WHEN split_part(account, ':', 1) IN ('escrow', 'prepaid', 'firm_payable', 'payout', 'platform_fee')
               THEN sum(amount_fen) > 0
           WHEN split_part(account, ':', 1) IN ('firm_receivable', 'stripe_fees', 'dispute_hold', 'loss', 'promotion')
               THEN sum(amount_fen) < 0
           ELSE account NOT IN ('stripe_clearing', 'bank') END""",
    """SELECT 'overlap', 'worker:' || one.worker_no, 'two live intervals overlap', lower(one.during)
       FROM worker_interval one JOIN worker_interval other
           ON other.worker_no = one.worker_no AND other.id > one.id AND other.during && one.during""",
    """SELECT 'inbox', 'event:' || id, type || ' was not handled', received_at FROM webhook_event
       WHERE handled_at IS NULL AND received_at < clock_timestamp() - interval '60 seconds'""",
    """SELECT 'jobs', 'job:' || job.id, job.task_name || ' is being done by nobody', begun.at
       FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
       CROSS JOIN LATERAL (SELECT max(event.at) AS at FROM procrastinate_events event
                           WHERE event.job_id = job.id AND event.type = 'started') begun
       WHERE job.status = 'doing' AND begun.at < clock_timestamp() - interval '60 seconds'
           AND coalesce(worker.last_heartbeat, '-infinity') < clock_timestamp() - interval '60 seconds'""",
)
STATES = "state IN ('failed', 'pending', 'repaid', 'replaced', 'requested', 'submitted', 'succeeded')"
OLD_STATES = "state IN ('failed', 'pending', 'requested', 'submitted', 'succeeded')"
LIVE = sa.text("state NOT IN ('failed', 'cancelled')")


def upgrade() -> None:
    """Let cards and parts be paid, give refunds the entry they answer, and check all of it."""
    op.execute("DROP VIEW ledger_health")
    op.alter_column("payment", "booking_id", nullable=True)
    op.add_column("payment", sa.Column("card_id", sa.Uuid(), nullable=True))
    op.add_column("payment", sa.Column("part", sa.Text(), nullable=False, server_default="full"))
    op.alter_column("payment", "part", server_default=None)
    op.add_column("payment", sa.Column("charge_id", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_payment_charge_id"), "payment", ["charge_id"])
    op.create_check_constraint(op.f("ck_payment_part"), "payment", "part IN ('full', 'deposit', 'balance')")
    op.create_check_constraint(op.f("ck_payment_of_one_thing"), "payment", "(booking_id IS NULL) <> (card_id IS NULL)")
    op.drop_constraint(op.f("ck_payment_method"), "payment")
    op.create_check_constraint(op.f("ck_payment_method"), "payment", "method IN ('card', 'alipay', 'wechat_pay', 'prepaid')")
    op.drop_index("uq_payment_live", "payment")
    op.create_index("uq_payment_live", "payment", ["booking_id", "part"], unique=True, postgresql_where=LIVE)
    op.create_index("uq_payment_card_live", "payment", ["card_id"], unique=True, postgresql_where=LIVE)
    op.drop_index("ix_posting_account", "posting")
    op.create_index("ix_posting_account", "posting", ["account", "id"], postgresql_include=["amount_fen"])
    op.create_index("ix_posting_tx_at", "posting_tx", ["at"])
    op.add_column("refund", sa.Column("bank_reference", sa.Text(), nullable=True))
    op.add_column("refund", sa.Column("entry_id", sa.BigInteger(), nullable=True))
    op.execute("""UPDATE refund SET entry_id = (
        SELECT max(entry.id) FROM ledger_entry entry JOIN payment ON entry.subject = 'booking:' || payment.booking_id
        WHERE payment.id = refund.payment_id AND entry.fact = refund.because)""")
    op.alter_column("refund", "entry_id", nullable=False)
    op.create_foreign_key(op.f("fk_refund_entry_id"), "refund", "ledger_entry", ["entry_id"], ["id"])
    op.drop_constraint(op.f("uq_refund_payment_id_because"), "refund")
    op.create_unique_constraint(op.f("uq_refund_payment_id_entry_id"), "refund", ["payment_id", "entry_id"])
    op.drop_constraint(op.f("ck_refund_state"), "refund")
    op.create_check_constraint(op.f("ck_refund_state"), "refund", STATES)
    op.create_index("ix_refund_failed", "refund", ["id"], postgresql_where=sa.text("state = 'failed'"))
    op.execute(f"CREATE VIEW ledger_health AS {' UNION ALL '.join(CHECKS)}")


def downgrade() -> None:
    """Take it back."""
    op.execute("DROP VIEW ledger_health")
    op.drop_index("ix_refund_failed", "refund")
    op.drop_constraint(op.f("ck_refund_state"), "refund")
    op.create_check_constraint(op.f("ck_refund_state"), "refund", OLD_STATES)
    op.drop_constraint(op.f("uq_refund_payment_id_entry_id"), "refund")
    op.create_unique_constraint(op.f("uq_refund_payment_id_because"), "refund", ["payment_id", "because"])
    op.drop_column("refund", "entry_id")
    op.drop_column("refund", "bank_reference")
    op.drop_index("ix_posting_tx_at", "posting_tx")
    op.drop_index("ix_posting_account", "posting")
    op.create_index("ix_posting_account", "posting", ["account", "id"])
    op.drop_index("uq_payment_card_live", "payment")
    op.drop_index("uq_payment_live", "payment")
    op.create_index("uq_payment_live", "payment", ["booking_id"], unique=True, postgresql_where=LIVE)
    op.drop_constraint(op.f("ck_payment_method"), "payment")
    op.create_check_constraint(op.f("ck_payment_method"), "payment", "method IN ('card', 'alipay', 'wechat_pay')")
    op.drop_constraint(op.f("ck_payment_of_one_thing"), "payment")
    op.drop_constraint(op.f("ck_payment_part"), "payment")
    op.drop_column("payment", "charge_id")
    op.drop_column("payment", "part")
    op.drop_column("payment", "card_id")
    op.alter_column("payment", "booking_id", nullable=False)
    checks = op.get_context().script.get_revision("0014").module.CHECKS
    op.execute(f"CREATE VIEW ledger_health AS {' UNION ALL '.join(checks)}")
