"""payments: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create what payments keeps."""
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


def downgrade() -> None:
    """Drop it."""
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
