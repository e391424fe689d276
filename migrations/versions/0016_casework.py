"""casework: its tables."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create what casework keeps."""
    op.create_table('complaint',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.Column('severity', sa.BigInteger(), nullable=True),
    sa.Column('finding', sa.Text(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(state = 'substantiated') = (severity IS NOT NULL)", name=op.f('ck_complaint_severity_known')),
    sa.CheckConstraint("state IN ('answered', 'dismissed', 'open', 'substantiated')", name=op.f('ck_complaint_state')),
    sa.CheckConstraint('severity BETWEEN 1 AND 4', name=op.f('ck_complaint_severity')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_complaint_booking_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_complaint_decided_by')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_complaint_firm_id')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_complaint_household_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_complaint_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint'))
    )
    op.create_index(op.f('ix_complaint_booking_id'), 'complaint', ['booking_id'], unique=False)
    op.create_index('ix_complaint_firm', 'complaint', ['firm_id', 'id'], unique=False)
    op.create_index(op.f('ix_complaint_household_id'), 'complaint', ['household_id'], unique=False)
    op.create_index('ix_complaint_state', 'complaint', ['state', 'id'], unique=False)
    op.create_index('uq_complaint_live', 'complaint', ['booking_id'], unique=True, postgresql_where=sa.text("state IN ('open', 'answered')"))


def downgrade() -> None:
    """Drop it."""
    op.drop_index('uq_complaint_live', table_name='complaint', postgresql_where=sa.text("state IN ('open', 'answered')"))
    op.drop_index('ix_complaint_state', table_name='complaint')
    op.drop_index(op.f('ix_complaint_household_id'), table_name='complaint')
    op.drop_index('ix_complaint_firm', table_name='complaint')
    op.drop_index(op.f('ix_complaint_booking_id'), table_name='complaint')
    op.drop_table('complaint')
