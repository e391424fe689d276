"""clearing: what moved at Stripe, comparisons with the books, and what they found."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

#: each thing at Stripe, what moved there because of it and what in the books; ``kind``: how they differ, if they do
SOURCES = """
    WITH moved AS (
        SELECT source, coalesce(sum(fen) FILTER (WHERE currency = 'cny'), 0) AS fen, bool_or(currency <> 'cny') AS other,
            max(at) AS at
        FROM (SELECT coalesce(source, id) AS source, amount_fen AS fen, currency, created_at AS at FROM stripe_movement
              WHERE amount_fen <> 0
              UNION ALL SELECT id, -fee_fen, currency, created_at FROM stripe_movement WHERE fee_fen <> 0) line
        GROUP BY source),
    booked AS (
        SELECT coalesce(payment.charge_id, refund.stripe_id, split_part(tx.ref, ':', 1)) AS source,
            sum(line.amount_fen) AS fen, max(tx.at) AS at
        FROM posting line JOIN posting_tx tx ON tx.id = line.tx_id
        LEFT JOIN payment ON tx.kind = 'charged' AND payment.intent_id = tx.ref
        LEFT JOIN refund ON tx.kind IN ('refunded', 'refund_failed') AND refund.id::text = tx.ref
        WHERE line.account = 'stripe_clearing' GROUP BY 1)
    SELECT source, CASE WHEN moved.other THEN 'other_currency' WHEN moved.fen IS NULL THEN 'only_in_books'
                        WHEN booked.fen IS NULL THEN 'only_at_stripe' WHEN moved.fen <> booked.fen THEN 'amounts_differ'
                   END AS kind,
        coalesce(moved.fen, 0)::bigint AS stripe_fen, coalesce(booked.fen, 0)::bigint AS books_fen,
        greatest(moved.at, booked.at) AS at
    FROM moved FULL JOIN booked USING (source)"""

CHECKS = (
    """SELECT 'fee' AS "check", 'stripe_movement:' || movement.id AS subject,
           'what Stripe kept by it is not booked' AS detail, movement.imported_at AS since
       FROM stripe_movement movement WHERE movement.currency = 'cny' AND (movement.fee_fen <> 0
           OR movement.source IS NULL AND movement.type IN ('stripe_fee', 'stripe_fx_fee', 'tax_fee')) AND NOT EXISTS (
           SELECT FROM posting_tx tx WHERE tx.kind = 'stripe_fee' AND tx.ref = movement.id)""",
    """SELECT 'swept', 'stripe_movement:' || movement.id, 'what went between Stripe and the bank is not booked',
           movement.imported_at
       FROM stripe_movement movement WHERE movement.currency = 'cny'
           AND movement.type IN ('payout', 'payout_failure', 'payout_cancel', 'topup', 'topup_reversal')
           AND NOT EXISTS (SELECT FROM posting_tx tx WHERE tx.kind = 'swept'
                           AND tx.ref = coalesce(movement.source, movement.id) || ':' || movement.id)""",
    """SELECT 'clearing', 'clearing_run:' || id, differences || ' differences from Stripe''s account', at
       FROM (SELECT * FROM clearing_run ORDER BY id DESC LIMIT 1) latest WHERE differences > 0""",
)


def upgrade() -> None:
    """Create what the clearing keeps."""
    op.create_table('stripe_movement',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('fee_fen', sa.BigInteger(), nullable=False),
    sa.Column('net_fen', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('net_fen = amount_fen - fee_fen', name=op.f('ck_stripe_movement_net')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stripe_movement'))
    )
    op.create_index('ix_stripe_movement_created', 'stripe_movement', ['created_at', 'id'], unique=False)
    op.create_index('ix_stripe_movement_source', 'stripe_movement', ['source', 'created_at', 'id'], unique=False)
    op.create_table('clearing_run',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('night', sa.Date(), nullable=True),
    sa.Column('asked_by', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('movements', sa.BigInteger(), nullable=False),
    sa.Column('upto', sa.Text(), nullable=True),
    sa.Column('stripe_fen', sa.BigInteger(), nullable=False),
    sa.Column('books_fen', sa.BigInteger(), nullable=False),
    sa.Column('in_flight', sa.BigInteger(), nullable=False),
    sa.Column('differences', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['account.id'], name=op.f('fk_clearing_run_asked_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clearing_run')),
    sa.UniqueConstraint('night', name=op.f('uq_clearing_run_night'))
    )
    op.create_table('clearing_difference',
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('stripe_fen', sa.BigInteger(), nullable=False),
    sa.Column('books_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("kind IN ('amounts_differ', 'only_at_stripe', 'only_in_books', 'other_currency')",
                       name=op.f('ck_clearing_difference_kind')),
    sa.ForeignKeyConstraint(['run_id'], ['clearing_run.id'], name=op.f('fk_clearing_difference_run_id')),
    sa.PrimaryKeyConstraint('run_id', 'source', name=op.f('pk_clearing_difference'))
    )
    for table in ("stripe_movement", "clearing_run", "clearing_difference"):
        op.execute(f"CALL make_append_only('{table}')")
    op.execute(f"CREATE VIEW clearing_source AS {SOURCES}")
    op.execute(f"CREATE VIEW clearing_health AS {' UNION ALL '.join(CHECKS)}")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP VIEW clearing_health")
    op.execute("DROP VIEW clearing_source")
    op.drop_table("clearing_difference")
    op.drop_table("clearing_run")
    op.drop_table("stripe_movement")
