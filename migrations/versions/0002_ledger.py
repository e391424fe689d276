"""ledger: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create what ledger keeps."""
    op.create_table('ledger_entry',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('fact', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('data', postgresql.JSONB(), nullable=False),
    sa.Column('key', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entry')),
    sa.UniqueConstraint('key', name=op.f('uq_ledger_entry_key'))
    )
    op.create_index('ix_ledger_entry_fact', 'ledger_entry', ['fact', 'id'], unique=False)
    op.create_index('ix_ledger_entry_subject', 'ledger_entry', ['subject', 'id'], unique=False)
    op.execute("CALL make_append_only('ledger_entry')")


def downgrade() -> None:
    """Drop it."""
    op.drop_index('ix_ledger_entry_subject', table_name='ledger_entry')
    op.drop_index('ix_ledger_entry_fact', table_name='ledger_entry')
    op.drop_table('ledger_entry')
