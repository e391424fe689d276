"""alarms: calls for help; how far from the address somebody checked in."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    """Create what alarms keep."""
    op.create_table('alarm',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('party', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('raised_by', sa.Uuid(), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('presses', sa.BigInteger(), nullable=False),
    sa.Column('place', sa.LargeBinary(), nullable=True),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_by', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Uuid(), nullable=True),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("state IN ('acknowledged', 'open', 'resolved', 'withdrawn')", name=op.f('ck_alarm_state')),
    sa.CheckConstraint("party IN ('household', 'worker')", name=op.f('ck_alarm_party')),
    sa.CheckConstraint("(state IN ('withdrawn', 'resolved')) = (ended_at IS NOT NULL)", name=op.f('ck_alarm_ended')),
    sa.CheckConstraint("(place IS NULL) = (placed_at IS NULL)", name=op.f('ck_alarm_placed')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_alarm_booking_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_alarm_firm_id')),
    sa.ForeignKeyConstraint(['raised_by'], ['account.id'], name=op.f('fk_alarm_raised_by')),
    sa.ForeignKeyConstraint(['acknowledged_by'], ['account.id'], name=op.f('fk_alarm_acknowledged_by')),
    sa.ForeignKeyConstraint(['ended_by'], ['account.id'], name=op.f('fk_alarm_ended_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alarm'))
    )
    op.create_index('uq_alarm_active', 'alarm', ['booking_id', 'party'], unique=True,
                    postgresql_where=sa.text("state IN ('open', 'acknowledged')"))
    op.create_index('ix_alarm_firm', 'alarm', ['firm_id', 'id'])
    op.create_index('ix_alarm_state', 'alarm', ['state', 'id'])
    op.create_index('ix_alarm_caller', 'alarm', ['raised_by', 'id'])
    op.create_index('ix_alarm_place', 'alarm', ['ended_at'], postgresql_where=sa.text("place IS NOT NULL"))
    op.add_column('booking', sa.Column('door_metres', sa.BigInteger(), nullable=True))
    op.create_index('ix_booking_door', 'booking', ['started_at'], postgresql_where=sa.text("door_metres IS NOT NULL"))


def downgrade() -> None:
    """Drop it."""
    op.drop_index('ix_booking_door', table_name='booking')
    op.drop_column('booking', 'door_metres')
    op.drop_table('alarm')
