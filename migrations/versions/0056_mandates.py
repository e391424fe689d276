"""mandates: who lets whom book for them, and what was booked."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    """Create what mandates keep."""
    op.create_table('mandate',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('how', sa.Text(), nullable=False),
    sa.Column('consenter', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('registered_by', sa.Uuid(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint("state IN ('ended', 'given')", name=op.f('ck_mandate_state')),
    sa.CheckConstraint("how IN ('in_person', 'phone', 'written')", name=op.f('ck_mandate_how')),
    sa.CheckConstraint("consenter IN ('self', 'relative', 'guardian')", name=op.f('ck_mandate_consenter')),
    sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f('ck_mandate_ended')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_mandate_household_id')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_mandate_account_id')),
    sa.ForeignKeyConstraint(['registered_by'], ['account.id'], name=op.f('fk_mandate_registered_by')),
    sa.ForeignKeyConstraint(['ended_by'], ['account.id'], name=op.f('fk_mandate_ended_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mandate'))
    )
    op.create_index('uq_mandate_given', 'mandate', ['household_id', 'org_id'], unique=True,
                    postgresql_where=sa.text("state = 'given'"))
    op.create_index('ix_mandate_org', 'mandate', ['org_id', 'id'])
    op.create_index('ix_mandate_account', 'mandate', ['account_id', 'id'])
    op.create_index('ix_mandate_until', 'mandate', ['until'], postgresql_where=sa.text("state = 'given'"))
    op.create_table('mandate_address',
    sa.Column('mandate_id', sa.Uuid(), nullable=False),
    sa.Column('address_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['mandate_id'], ['mandate.id'], name=op.f('fk_mandate_address_mandate_id')),
    sa.ForeignKeyConstraint(['address_id'], ['address.id'], name=op.f('fk_mandate_address_address_id')),
    sa.PrimaryKeyConstraint('mandate_id', 'address_id', name=op.f('pk_mandate_address'))
    )
    op.create_table('mandate_member',
    sa.Column('mandate_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['mandate_id'], ['mandate.id'], name=op.f('fk_mandate_member_mandate_id')),
    sa.ForeignKeyConstraint(['member_id'], ['household_member.id'], name=op.f('fk_mandate_member_member_id')),
    sa.PrimaryKeyConstraint('mandate_id', 'member_id', name=op.f('pk_mandate_member'))
    )
    op.create_table('errand',
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('mandate_id', sa.Uuid(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undo_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_errand_booking_id')),
    sa.ForeignKeyConstraint(['mandate_id'], ['mandate.id'], name=op.f('fk_errand_mandate_id')),
    sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_errand_made_by')),
    sa.PrimaryKeyConstraint('booking_id', name=op.f('pk_errand')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_errand_token_hash'))
    )
    op.create_index('ix_errand_mandate', 'errand', ['mandate_id', 'booking_id'])


def downgrade() -> None:
    """Drop it."""
    for table in ("errand", "mandate_member", "mandate_address", "mandate"):
        op.drop_table(table)
