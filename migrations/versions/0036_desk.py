"""desk: numbers drawn, called, ended."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Create what the desk keeps."""
    op.create_table('desk_day',
    sa.Column('station_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_desk_day_station_id')),
    sa.PrimaryKeyConstraint('station_id', 'day', name=op.f('pk_desk_day'))
    )
    op.create_table('desk_ticket',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('station_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('window', sa.BigInteger(), nullable=True),
    sa.Column('drawn_by', sa.Uuid(), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('absent', 'called', 'left', 'served', 'waiting')", name=op.f('ck_desk_ticket_state')),
    sa.CheckConstraint("subject IN ('elderly_care', 'childcare', 'cleaning', 'matchmaking', 'health', 'employment', 'other')", name=op.f('ck_desk_ticket_subject')),
    sa.CheckConstraint('number > 0', name=op.f('ck_desk_ticket_number')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_desk_ticket_account_id')),
    sa.ForeignKeyConstraint(['drawn_by'], ['account.id'], name=op.f('fk_desk_ticket_drawn_by')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_desk_ticket_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_desk_ticket')),
    sa.UniqueConstraint('station_id', 'day', 'number', name=op.f('uq_desk_ticket_station_id_day_number'))
    )
    op.create_index('ix_desk_ticket_account', 'desk_ticket', ['account_id', 'id'], unique=False, postgresql_where=sa.text('account_id IS NOT NULL'))
    op.create_index('ix_desk_ticket_open', 'desk_ticket', ['day'], unique=False, postgresql_where=sa.text("state IN ('waiting', 'called', 'absent')"))
    op.create_index('ix_desk_ticket_waiting', 'desk_ticket', ['station_id', 'day', 'number'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('uq_desk_ticket_held', 'desk_ticket', ['station_id', 'day', 'account_id'], unique=True, postgresql_where=sa.text("state IN ('waiting', 'called') AND account_id IS NOT NULL"))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("desk_ticket")
    op.drop_table("desk_day")
