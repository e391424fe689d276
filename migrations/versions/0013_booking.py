"""booking: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create what booking keeps."""
    op.create_table('quote',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('address_id', sa.Uuid(), nullable=False),
    sa.Column('during', postgresql.TSTZRANGE(), nullable=False),
    sa.Column('lines', postgresql.JSONB(), nullable=False),
    sa.Column('policy', postgresql.JSONB(), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['address_id'], ['address.id'], name=op.f('fk_quote_address_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_quote_firm_id')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_quote_household_id')),
    sa.ForeignKeyConstraint(['service_code'], ['service.code'], name=op.f('fk_quote_service_code')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_quote_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quote'))
    )
    op.create_index('ix_quote_household', 'quote', ['household_id', 'id'], unique=False)
    op.create_table('booking',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('quote_id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('address_id', sa.Uuid(), nullable=False),
    sa.Column('during', postgresql.TSTZRANGE(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('lines', postgresql.JSONB(), nullable=False),
    sa.Column('policy', postgresql.JSONB(), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('refund_fen', sa.BigInteger(), nullable=False),
    sa.Column('door_code', sa.LargeBinary(), nullable=False),
    sa.Column('door_tries', sa.BigInteger(), nullable=False),
    sa.Column('payment_begun_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('complaint_open', sa.Boolean(), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.Text(), nullable=True),
    sa.Column('closed_because', sa.Text(), nullable=True),
    sa.CheckConstraint("state IN ('cancelled', 'completed', 'confirmed', 'declined', 'expired', 'held', 'household_absent', 'served', 'under_way', 'worker_absent')", name=op.f('ck_booking_state')),
    sa.CheckConstraint('refund_fen BETWEEN 0 AND total_fen', name=op.f('ck_booking_refund')),
    sa.CheckConstraint('total_fen > 0', name=op.f('ck_booking_total')),
    sa.ForeignKeyConstraint(['address_id'], ['address.id'], name=op.f('fk_booking_address_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_booking_firm_id')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_booking_household_id')),
    sa.ForeignKeyConstraint(['quote_id'], ['quote.id'], name=op.f('fk_booking_quote_id')),
    sa.ForeignKeyConstraint(['service_code'], ['service.code'], name=op.f('fk_booking_service_code')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_booking_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking'))
    )
    op.create_index('ix_booking_under_way', 'booking', [sa.text('upper(during)')], unique=False, postgresql_where=sa.text("state = 'under_way'"))
    op.create_index('ix_booking_completion', 'booking', ['ended_at'], unique=False, postgresql_where=sa.text("state = 'served'"))
    op.create_index('ix_booking_expiry', 'booking', ['expires_at'], unique=False, postgresql_where=sa.text("state = 'held'"))
    op.create_index('ix_booking_firm', 'booking', ['firm_id', 'id'], unique=False)
    op.create_index('ix_booking_household', 'booking', ['household_id', 'id'], unique=False)
    op.create_index('uq_booking_quote_live', 'booking', ['quote_id'], unique=True, postgresql_where=sa.text("state IN ('held', 'confirmed', 'under_way', 'served')"))
    op.create_index('ix_booking_worker', 'booking', ['worker_id', 'id'], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_index('ix_booking_worker', table_name='booking')
    op.drop_index('uq_booking_quote_live', table_name='booking', postgresql_where=sa.text("state IN ('held', 'confirmed', 'under_way', 'served')"))
    op.drop_index('ix_booking_household', table_name='booking')
    op.drop_index('ix_booking_firm', table_name='booking')
    op.drop_index('ix_booking_expiry', table_name='booking', postgresql_where=sa.text("state = 'held'"))
    op.drop_index('ix_booking_under_way', table_name='booking', postgresql_where=sa.text("state = 'under_way'"))
    op.drop_index('ix_booking_completion', table_name='booking', postgresql_where=sa.text("state = 'served'"))
    op.drop_table('booking')
    op.drop_index('ix_quote_household', table_name='quote')
    op.drop_table('quote')
