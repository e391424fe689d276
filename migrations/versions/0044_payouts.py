"""payouts: where firms are paid, batches, what each firm is paid in them, and what that covers."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

#: what is never to be found of payouts: check, subject, detail, since when
CHECKS = (
    """SELECT 'payouts' AS "check", 'payout_item:' || item.id AS subject,
           item.state || ' with ' || coalesce(-sum(line.amount_fen), 0) || ' fen set aside' AS detail,
           item.checked_at AS since
       FROM payout_item item LEFT JOIN posting line ON line.account = 'payout:' || item.id
       GROUP BY item.id HAVING coalesce(-sum(line.amount_fen), 0)
           <> CASE WHEN item.state IN ('batched', 'approved', 'sent') THEN item.amount_fen ELSE 0 END""",
    """SELECT 'payouts', account, 'set aside for no item', NULL::timestamptz FROM posting
       WHERE account LIKE 'payout:%' AND NOT EXISTS (SELECT FROM payout_item item WHERE account = 'payout:' || item.id)
       GROUP BY account HAVING sum(amount_fen) <> 0""",
    """SELECT 'payouts', 'payout_item:' || item.id, 'left ' || count(tx.id) || ' times as ' || item.state, item.checked_at
       FROM payout_item item LEFT JOIN posting_tx tx ON tx.kind = 'paid_out' AND tx.ref = item.id::text
           OR tx.kind = 'transferred' AND tx.ref = item.transfer_id
       GROUP BY item.id HAVING count(tx.id) <> (item.state IN ('paid', 'reversed'))::int""",
)


def upgrade() -> None:
    """Create what payouts keep."""
    op.create_table('payout_terms',
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('minimum_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('minimum_fen > 0', name=op.f('ck_payout_terms_minimum')),
    sa.PrimaryKeyConstraint('valid_from', name=op.f('pk_payout_terms'))
    )
    op.create_table('payout_batch',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('through', sa.Date(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.CheckConstraint("state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> made_by)", name=op.f('ck_payout_batch_second_person')),
    sa.CheckConstraint("state IN ('approved', 'making', 'rejected', 'waiting')", name=op.f('ck_payout_batch_state')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_payout_batch_decided_by')),
    sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_payout_batch_made_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_batch'))
    )
    op.create_index('uq_payout_batch_undecided', 'payout_batch', [sa.literal_column('(true)')], unique=True, postgresql_where=sa.text("state IN ('making', 'waiting')"))
    op.create_table('payout_account',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('bank_name', sa.Text(), nullable=True),
    sa.Column('branch', sa.Text(), nullable=True),
    sa.Column('number', sa.LargeBinary(), nullable=True),
    sa.Column('stripe_account', sa.Text(), nullable=True),
    sa.Column('set_by', sa.Uuid(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.CheckConstraint("kind = 'bank' AND num_nulls(bank_name, branch, number) = 0 AND stripe_account IS NULL OR kind = 'stripe' AND num_nonnulls(bank_name, branch, number) = 0 AND stripe_account IS NOT NULL", name=op.f('ck_payout_account_kind')),
    sa.CheckConstraint("state <> 'verified' OR decided_by IS NOT NULL", name=op.f('ck_payout_account_verified')),
    sa.CheckConstraint("state IN ('refused', 'replaced', 'submitted', 'verified')", name=op.f('ck_payout_account_state')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_payout_account_decided_by')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_payout_account_firm_id')),
    sa.ForeignKeyConstraint(['set_by'], ['account.id'], name=op.f('fk_payout_account_set_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_account'))
    )
    op.create_index('ix_payout_account_firm', 'payout_account', ['firm_id', 'id'], unique=False)
    op.create_index('ix_payout_account_waiting', 'payout_account', ['id'], unique=False, postgresql_where=sa.text("state = 'submitted'"))
    op.create_index('uq_payout_account_live', 'payout_account', ['firm_id'], unique=True, postgresql_where=sa.text("state IN ('submitted', 'verified')"))
    op.create_table('payout_item',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('batch_id', sa.Uuid(), nullable=True),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('through', sa.Date(), nullable=False),
    sa.Column('opening_fen', sa.BigInteger(), nullable=False),
    sa.Column('movements_fen', sa.BigInteger(), nullable=False),
    sa.Column('offset_fen', sa.BigInteger(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('carried_fen', sa.BigInteger(), nullable=False),
    sa.Column('times', sa.BigInteger(), nullable=False),
    sa.Column('attempt', sa.BigInteger(), nullable=False),
    sa.Column('transfer_id', sa.Text(), nullable=True),
    sa.Column('bank_reference', sa.Text(), nullable=True),
    sa.Column('reversed_fen', sa.BigInteger(), nullable=False),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("CASE WHEN state = 'accrued' THEN batch_id IS NULL AND account_id IS NULL AND amount_fen = 0 ELSE batch_id IS NOT NULL AND account_id IS NOT NULL AND amount_fen > 0 END", name=op.f('ck_payout_item_batched')),
    sa.CheckConstraint("state <> 'paid' OR (paid_at IS NOT NULL AND num_nonnulls(bank_reference, transfer_id) = 1)", name=op.f('ck_payout_item_paid')),
    sa.CheckConstraint("state IN ('accrued', 'approved', 'batched', 'failed', 'paid', 'reversed', 'sent')", name=op.f('ck_payout_item_state')),
    sa.CheckConstraint('amount_fen >= 0 AND offset_fen >= 0 AND reversed_fen BETWEEN 0 AND amount_fen', name=op.f('ck_payout_item_amounts')),
    sa.CheckConstraint('opening_fen + movements_fen = offset_fen + amount_fen + carried_fen', name=op.f('ck_payout_item_sum')),
    sa.ForeignKeyConstraint(['account_id'], ['payout_account.id'], name=op.f('fk_payout_item_account_id')),
    sa.ForeignKeyConstraint(['batch_id'], ['payout_batch.id'], name=op.f('fk_payout_item_batch_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_payout_item_firm_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_item')),
    sa.UniqueConstraint('bank_reference', name=op.f('uq_payout_item_bank_reference')),
    sa.UniqueConstraint('batch_id', 'firm_id', name=op.f('uq_payout_item_batch_id_firm_id')),
    sa.UniqueConstraint('firm_id', 'number', name=op.f('uq_payout_item_firm_id_number')),
    sa.UniqueConstraint('transfer_id', name=op.f('uq_payout_item_transfer_id'))
    )
    op.create_index('ix_payout_item_batched', 'payout_item', ['batch_id', 'id'], unique=False, postgresql_where=sa.text("state = 'batched'"))
    op.create_index('ix_payout_item_open', 'payout_item', ['checked_at'], unique=False, postgresql_where=sa.text("state IN ('approved', 'sent')"))
    op.create_index('uq_payout_item_accrued', 'payout_item', ['firm_id'], unique=True, postgresql_where=sa.text("state = 'accrued'"))
    op.create_table('payout_line',
    sa.Column('tx_id', sa.BigInteger(), nullable=False),
    sa.Column('item_id', sa.Uuid(), nullable=False),
    sa.Column('carrier_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['carrier_id'], ['payout_item.id'], name=op.f('fk_payout_line_carrier_id')),
    sa.ForeignKeyConstraint(['item_id'], ['payout_item.id'], name=op.f('fk_payout_line_item_id')),
    sa.ForeignKeyConstraint(['tx_id'], ['posting_tx.id'], name=op.f('fk_payout_line_tx_id')),
    sa.PrimaryKeyConstraint('tx_id', name=op.f('pk_payout_line'))
    )
    op.create_index('ix_payout_line_carrier', 'payout_line', ['carrier_id'], unique=False)
    op.create_index('ix_payout_line_item', 'payout_line', ['item_id'], unique=False)
    op.execute("INSERT INTO payout_terms (valid_from, minimum_fen) VALUES ('2024-01-01', 10000)")
    op.execute(f"CREATE VIEW payouts_health AS {' UNION ALL '.join(CHECKS)}")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP VIEW payouts_health")
    for table in ("payout_line", "payout_item", "payout_account", "payout_batch", "payout_terms"):
        op.drop_table(table)
