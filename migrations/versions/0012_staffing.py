"""staffing: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create what staffing keeps."""
    op.create_table('staff_import',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('filename', sa.LargeBinary(), nullable=False),
    sa.Column('media_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('done', sa.BigInteger(), nullable=False),
    sa.Column('added', sa.BigInteger(), nullable=False),
    sa.Column('updated', sa.BigInteger(), nullable=False),
    sa.Column('unchanged', sa.BigInteger(), nullable=False),
    sa.Column('rejected', sa.BigInteger(), nullable=False),
    sa.Column('refusal', sa.Text(), nullable=True),
    sa.Column('header', postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'refused')", name=op.f('ck_staff_import_state')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_staff_import_account_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_staff_import_firm_id')),
    sa.ForeignKeyConstraint(['media_id'], ['media.id'], name=op.f('fk_staff_import_media_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_import'))
    )
    op.create_index('ix_staff_import_firm', 'staff_import', ['firm_id', 'id'], unique=False)
    op.create_table('staff_import_row',
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('row_no', sa.BigInteger(), nullable=False),
    sa.Column('reasons', postgresql.JSONB(), nullable=False),
    sa.Column('cells', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['staff_import.id'], name=op.f('fk_staff_import_row_import_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('import_id', 'row_no', name=op.f('pk_staff_import_row'))
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table('staff_import_row')
    op.drop_index('ix_staff_import_firm', table_name='staff_import')
    op.drop_table('staff_import')
