"""payments, refunds, books and inbox: their tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

#: what is never to be found in the books: check, subject, detail, since when
CHECKS = (
    """SELECT 'balance' AS "check", 'posting_tx:' || tx.id AS subject, 'sums to ' || coalesce(sum(line.amount_fen), 0)
           AS detail, tx.at AS since
       FROM posting_tx tx LEFT JOIN posting line ON line.tx_id = tx.id
       GROUP BY tx.id HAVING coalesce(sum(line.amount_fen), 1) <> 0""",
    """SELECT 'charge', 'payment:' || payment.id, 'succeeded without an equal charge', payment.succeeded_at
       FROM payment LEFT JOIN posting_tx tx ON tx.kind = 'charged' AND tx.ref = payment.intent_id
       LEFT JOIN posting line ON line.tx_id = tx.id AND line.account = 'escrow:' || payment.booking_id
       WHERE payment.state = 'succeeded' AND line.amount_fen IS DISTINCT FROM -payment.amount_fen""",
    """SELECT 'charge', 'posting_tx:' || tx.id, 'charged without a succeeded payment', tx.at FROM posting_tx tx
       WHERE tx.kind = 'charged' AND NOT EXISTS (
           SELECT FROM payment WHERE payment.intent_id = tx.ref AND payment.state = 'succeeded')""",
    """SELECT 'refunds', 'payment:' || payment.id, 'more refunded than paid', max(refund.created_at)
       FROM payment JOIN refund ON refund.payment_id = payment.id AND refund.state <> 'failed'
       GROUP BY payment.id HAVING sum(refund.amount_fen) > payment.amount_fen""",
    """SELECT 'refunds', 'refund:' || refund.id, 'its postings do not fit its state', refund.checked_at
       FROM refund LEFT JOIN (posting_tx tx JOIN posting line ON line.tx_id = tx.id AND line.account = 'stripe_clearing')
           ON tx.kind IN ('refunded', 'refund_failed') AND tx.ref = refund.id::text
       GROUP BY refund.id HAVING coalesce(sum(line.amount_fen), 0)
           <> CASE WHEN refund.state IN ('requested', 'failed') THEN 0 ELSE -refund.amount_fen END""",
    """SELECT 'escrow', 'booking:' || held.booking_id, 'closed, and ' || held.fen || ' fen are still held',
           booking.closed_at
       FROM (SELECT tx.booking_id, -sum(line.amount_fen) AS fen FROM posting line JOIN posting_tx tx ON tx.id = line.tx_id
             WHERE line.account LIKE 'escrow:%' GROUP BY tx.booking_id) held
       JOIN booking ON booking.id = held.booking_id
           AND booking.state NOT IN ('held', 'confirmed', 'under_way', 'served')
       WHERE held.fen <> (SELECT coalesce(sum(refund.amount_fen), 0) FROM refund JOIN payment
                          ON payment.id = refund.payment_id AND payment.booking_id = booking.id
                          WHERE refund.state IN ('requested', 'failed'))""",
    """SELECT 'escrow', 'booking:' || booking.id, 'paid, and not all of it is held', payment.succeeded_at
       FROM booking JOIN payment ON payment.booking_id = booking.id AND payment.state = 'succeeded'
       WHERE booking.state IN ('confirmed', 'under_way', 'served') AND payment.amount_fen <> (
           SELECT coalesce(sum(refund.amount_fen), 0) FROM refund
           WHERE refund.payment_id = payment.id AND refund.state IN ('submitted', 'pending', 'succeeded')) - (
           SELECT coalesce(sum(line.amount_fen), 0) FROM posting line WHERE line.account = 'escrow:' || booking.id)""",
    """SELECT 'paid', 'booking:' || booking.id, booking.state || ' without a succeeded payment', booking.confirmed_at
       FROM booking WHERE booking.state IN ('confirmed', 'under_way', 'served', 'completed') AND NOT EXISTS (
           SELECT FROM payment WHERE payment.booking_id = booking.id AND payment.state = 'succeeded')""",
    """SELECT 'sign', account, 'stands at ' || sum(amount_fen), NULL::timestamptz FROM posting
       GROUP BY account HAVING CASE WHEN account = 'stripe_clearing' THEN sum(amount_fen) < 0
           WHEN account = 'platform_fee' OR account LIKE 'escrow:%' OR account LIKE 'firm_payable:%'
           THEN sum(amount_fen) > 0 ELSE false END""",
    """SELECT 'overlap', 'worker:' || one.worker_no, 'two live intervals overlap', lower(one.during)
       FROM worker_interval one JOIN worker_interval other
           ON other.worker_no = one.worker_no AND other.id > one.id AND other.during && one.during""",
    """SELECT 'inbox', 'event:' || id, type || ' was not handled', received_at FROM webhook_event
       WHERE handled_at IS NULL AND received_at < clock_timestamp() - interval '60 seconds'""",
)


def upgrade() -> None:
    """Create what payments, refunds, books and inbox keep."""
    op.create_table('webhook_event',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('object_id', sa.Text(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_event'))
    )
    op.create_index('ix_webhook_event_open', 'webhook_event', ['received_at'], unique=False, postgresql_where=sa.text('handled_at IS NULL'))
    op.create_table('payment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('attempt', sa.BigInteger(), nullable=False),
    sa.Column('intent_id', sa.Text(), nullable=True),
    sa.Column('client_secret', sa.Text(), nullable=True),
    sa.Column('next_action', postgresql.JSONB(), nullable=True),
    sa.Column('decline_code', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('succeeded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("method IN ('card', 'alipay', 'wechat_pay')", name=op.f('ck_payment_method')),
    sa.CheckConstraint("state IN ('cancelled', 'created', 'failed', 'processing', 'requires_action', 'succeeded')", name=op.f('ck_payment_state')),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_payment_amount')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_payment_booking_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('intent_id', name=op.f('uq_payment_intent_id'))
    )
    op.create_index(op.f('ix_payment_booking_id'), 'payment', ['booking_id'], unique=False)
    op.create_index('ix_payment_open', 'payment', ['checked_at'], unique=False, postgresql_where=sa.text("state IN ('created', 'requires_action', 'processing')"))
    op.create_index('uq_payment_live', 'payment', ['booking_id'], unique=True, postgresql_where=sa.text("state NOT IN ('failed', 'cancelled')"))
    op.create_table('posting_tx',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('booking_id', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_posting_tx_booking_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting_tx')),
    sa.UniqueConstraint('kind', 'ref', name=op.f('uq_posting_tx_kind_ref'))
    )
    op.create_index('ix_posting_tx_booking', 'posting_tx', ['booking_id'], unique=False)
    op.create_table('posting',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('tx_id', sa.BigInteger(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount_fen <> 0', name=op.f('ck_posting_amount')),
    sa.ForeignKeyConstraint(['tx_id'], ['posting_tx.id'], name=op.f('fk_posting_tx_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting'))
    )
    op.create_index('ix_posting_account', 'posting', ['account', 'id'], unique=False)
    op.create_index(op.f('ix_posting_tx_id'), 'posting', ['tx_id'], unique=False)
    op.create_table('refund',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('because', sa.Text(), nullable=False),
    sa.Column('attempt', sa.BigInteger(), nullable=False),
    sa.Column('stripe_id', sa.Text(), nullable=True),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('failed', 'pending', 'requested', 'submitted', 'succeeded')", name=op.f('ck_refund_state')),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_refund_amount')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_refund_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('payment_id', 'because', name=op.f('uq_refund_payment_id_because')),
    sa.UniqueConstraint('stripe_id', name=op.f('uq_refund_stripe_id'))
    )
    op.create_index('ix_refund_open', 'refund', ['checked_at'], unique=False, postgresql_where=sa.text("state IN ('requested', 'submitted', 'pending')"))
    op.execute("CALL make_append_only('posting_tx')")
    op.execute("CALL make_append_only('posting')")
    op.execute("""
        CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        BEGIN
            IF (SELECT sum(amount_fen) FROM posting WHERE tx_id = NEW.tx_id) <> 0 THEN
                RAISE EXCEPTION 'posting_tx % does not balance', NEW.tx_id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON posting DEFERRABLE INITIALLY DEFERRED"
               " FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced()")
    op.execute(f"CREATE VIEW ledger_health AS {' UNION ALL '.join(CHECKS)}")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP VIEW ledger_health")
    op.drop_index('ix_refund_open', table_name='refund', postgresql_where=sa.text("state IN ('requested', 'submitted', 'pending')"))
    op.drop_table('refund')
    op.drop_index(op.f('ix_posting_tx_id'), table_name='posting')
    op.drop_index('ix_posting_account', table_name='posting')
    op.drop_table('posting')
    op.drop_index('ix_posting_tx_booking', table_name='posting_tx')
    op.drop_table('posting_tx')
    op.drop_index('uq_payment_live', table_name='payment', postgresql_where=sa.text("state NOT IN ('failed', 'cancelled')"))
    op.drop_index('ix_payment_open', table_name='payment', postgresql_where=sa.text("state IN ('created', 'requires_action', 'processing')"))
    op.drop_index(op.f('ix_payment_booking_id'), table_name='payment')
    op.drop_table('payment')
    op.drop_index('ix_webhook_event_open', table_name='webhook_event', postgresql_where=sa.text('handled_at IS NULL'))
    op.drop_table('webhook_event')
    op.execute("DROP FUNCTION refuse_unbalanced()")
