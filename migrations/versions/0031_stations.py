"""stations: staff, rooms and their reservations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Create what stations keeps."""
    op.create_table('station_room',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('no', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('station_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('floor', sa.BigInteger(), nullable=False),
    sa.Column('seats', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('seats BETWEEN 1 AND 500', name=op.f('ck_station_room_seats')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_station_room_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_station_room')),
    sa.UniqueConstraint('no', name=op.f('uq_station_room_no')),
    sa.UniqueConstraint('station_id', 'name', name=op.f('uq_station_room_station_id_name'))
    )
    op.create_table('room_reservation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('room_no', sa.BigInteger(), nullable=False),
    sa.Column('starts', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends', sa.DateTime(timezone=True), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('ref', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reserved_by', sa.Uuid(), nullable=False),
    sa.Column('reserved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    postgresql.ExcludeConstraint((sa.text("int8range(room_no, room_no, '[]')"), '='), (sa.text('tstzrange(starts, ends)'), '&&'), where=sa.text("state = 'reserved'"), using='gist', name='room_no_overlap'),
    sa.CheckConstraint("purpose IN ('interview', 'class', 'activity', 'mediation', 'other')", name=op.f('ck_room_reservation_purpose')),
    sa.CheckConstraint("state IN ('released', 'reserved')", name=op.f('ck_room_reservation_state')),
    sa.CheckConstraint('starts < ends', name=op.f('ck_room_reservation_times')),
    sa.ForeignKeyConstraint(['reserved_by'], ['account.id'], name=op.f('fk_room_reservation_reserved_by')),
    sa.ForeignKeyConstraint(['room_no'], ['station_room.no'], name=op.f('fk_room_reservation_room_no')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_room_reservation'))
    )
    op.create_index('ix_room_reservation_holder', 'room_reservation', ['reserved_by', 'id'], unique=False)
    op.create_index('ix_room_reservation_ref', 'room_reservation', ['ref'], unique=False, postgresql_where=sa.text('ref IS NOT NULL'))
    op.create_index('ix_room_reservation_room', 'room_reservation', ['room_no', 'starts'], unique=False)
    op.add_column('station', sa.Column('staff', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("room_reservation")
    op.drop_table("station_room")
    op.drop_column("station", "staff")
