"""credit: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Create what credit keeps."""
    op.create_table('calibration',
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('data', postgresql.JSONB(), nullable=False),
    sa.Column('raters', postgresql.JSONB(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('month', name=op.f('pk_calibration'))
    )
    op.create_table('credit_event',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('entry_id', sa.BigInteger(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=True),
    sa.Column('household_id', sa.Uuid(), nullable=True),
    sa.Column('category', sa.Text(), nullable=True),
    sa.Column('order_ref', sa.Text(), nullable=True),
    sa.Column('data', postgresql.JSONB(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['ledger_entry.id'], name=op.f('fk_credit_event_entry_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_credit_event_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_event')),
    sa.UniqueConstraint('entry_id', 'type', name=op.f('uq_credit_event_entry_id_type'))
    )
    op.create_index('ix_credit_event_household', 'credit_event', ['household_id', 'entry_id'], unique=False)
    op.create_index('ix_credit_event_worker', 'credit_event', ['worker_id', 'entry_id'], unique=False)
    op.create_table('standing',
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('score', sa.BigInteger(), nullable=False),
    sa.Column('grade', sa.Text(), nullable=False),
    sa.Column('explanation', postgresql.JSONB(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('through_entry', sa.BigInteger(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('computed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_standing_worker_id')),
    sa.PrimaryKeyConstraint('worker_id', name=op.f('pk_standing'))
    )
    op.create_index('ix_standing_due_on', 'standing', ['due_on', 'worker_id'], unique=False)
    op.create_table('rater',
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('weight', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('household_id', name=op.f('pk_rater'))
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table('rater')
    op.drop_index('ix_standing_due_on', table_name='standing')
    op.drop_table('standing')
    op.drop_index('ix_credit_event_worker', table_name='credit_event')
    op.drop_index('ix_credit_event_household', table_name='credit_event')
    op.drop_table('credit_event')
    op.drop_table('calibration')
