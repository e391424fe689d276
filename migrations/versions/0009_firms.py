"""firms: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create what firms keeps."""
    op.create_table('firm',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('uscc', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('legal_representative', sa.LargeBinary(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('region_codes', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('licence_media_id', sa.Uuid(), nullable=True),
    sa.Column('licence_valid_until', sa.Date(), nullable=True),
    sa.Column('founded_on', sa.Date(), nullable=True),
    sa.Column('outlets', sa.BigInteger(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('applied_by', sa.Uuid(), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('score', sa.BigInteger(), nullable=True),
    sa.Column('grade', sa.Text(), nullable=True),
    sa.CheckConstraint("mode IN ('employs', 'introduces')", name=op.f('ck_firm_mode')),
    sa.CheckConstraint("state IN ('applied', 'closed', 'on_platform', 'returned', 'suspended', 'under_review')",
                       name=op.f('ck_firm_state')),
    sa.ForeignKeyConstraint(['applied_by'], ['account.id'], name=op.f('fk_firm_applied_by')),
    sa.ForeignKeyConstraint(['licence_media_id'], ['media.id'], name=op.f('fk_firm_licence_media_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_firm'))
    )
    op.create_index('uq_firm_uscc', 'firm', ['uscc'], unique=True, postgresql_where=sa.text("state <> 'closed'"))
    op.create_index('ix_firm_state', 'firm', ['state', 'id'], unique=False)
    op.create_index('ix_firm_open_name', 'firm', ['name', 'id'], unique=False,
                    postgresql_where=sa.text("state IN ('on_platform', 'suspended')"))
    op.create_index('ix_firm_waiting', 'firm', ['applied_at', 'id'], unique=False,
                    postgresql_where=sa.text("state IN ('applied', 'under_review')"))
    op.create_table('firm_decision',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('reasons', postgresql.JSONB(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_firm_decision_decided_by')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_firm_decision_firm_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_firm_decision'))
    )
    op.create_index('ix_firm_decision_firm', 'firm_decision', ['firm_id', 'id'], unique=False)
    op.create_table('firm_renewal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('licence_media_id', sa.Uuid(), nullable=False),
    sa.Column('licence_valid_until', sa.Date(), nullable=True),
    sa.Column('submitted_by', sa.Uuid(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('accepted', 'refused', 'submitted')", name=op.f('ck_firm_renewal_state')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_firm_renewal_decided_by')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_firm_renewal_firm_id')),
    sa.ForeignKeyConstraint(['licence_media_id'], ['media.id'], name=op.f('fk_firm_renewal_licence_media_id')),
    sa.ForeignKeyConstraint(['submitted_by'], ['account.id'], name=op.f('fk_firm_renewal_submitted_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_firm_renewal'))
    )
    op.create_index('uq_firm_renewal_waiting', 'firm_renewal', ['firm_id'], unique=True,
                    postgresql_where=sa.text("state = 'submitted'"))
    op.create_index('ix_firm_renewal_queue', 'firm_renewal', ['id'], unique=False,
                    postgresql_where=sa.text("state = 'submitted'"))
    op.create_index('ix_firm_renewal_firm', 'firm_renewal', ['firm_id', 'id'], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_index('ix_firm_decision_firm', table_name='firm_decision')
    op.drop_table('firm_renewal')
    op.drop_table('firm_decision')
    op.drop_index('ix_firm_waiting', table_name='firm')
    op.drop_index('ix_firm_open_name', table_name='firm')
    op.drop_index('ix_firm_state', table_name='firm')
    op.drop_table('firm')
