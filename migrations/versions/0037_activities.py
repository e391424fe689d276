"""activities: the four entries, who comes, photos."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Create what activities keeps."""
    op.create_table('activity',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('host_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('starts', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seats', sa.BigInteger(), nullable=False),
    sa.Column('taken', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('report', sa.Text(), nullable=True),
    sa.Column('came', sa.BigInteger(), nullable=True),
    sa.Column('planned_by', sa.Uuid(), nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'held') = (came IS NOT NULL)", name=op.f('ck_activity_held')),
    sa.CheckConstraint("kind IN ('ideas', 'training', 'service', 'projects')", name=op.f('ck_activity_kind')),
    sa.CheckConstraint("state IN ('cancelled', 'held', 'planned')", name=op.f('ck_activity_state')),
    sa.CheckConstraint('seats BETWEEN 1 AND 5000 AND taken >= 0', name=op.f('ck_activity_seats')),
    sa.CheckConstraint('starts < ends', name=op.f('ck_activity_times')),
    sa.ForeignKeyConstraint(['host_id'], ['station.id'], name=op.f('fk_activity_host_id')),
    sa.ForeignKeyConstraint(['planned_by'], ['account.id'], name=op.f('fk_activity_planned_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity'))
    )
    op.create_index('ix_activity_host', 'activity', ['host_id', 'starts', 'id'], unique=False)
    op.create_index('ix_activity_starts', 'activity', ['starts', 'id'], unique=False)
    op.create_table('activity_photo',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('media_id', sa.Uuid(), nullable=False),
    sa.Column('consent', sa.Text(), nullable=False),
    sa.Column('added_by', sa.Uuid(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_because', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_activity_photo_activity_id')),
    sa.ForeignKeyConstraint(['added_by'], ['account.id'], name=op.f('fk_activity_photo_added_by')),
    sa.ForeignKeyConstraint(['media_id'], ['media.id'], name=op.f('fk_activity_photo_media_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_photo'))
    )
    op.create_index('ix_activity_photo_activity', 'activity_photo', ['activity_id', 'id'], unique=False)
    op.create_index('uq_activity_photo_media', 'activity_photo', ['media_id'], unique=True)
    op.create_table('activity_place',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('station_id', sa.Uuid(), nullable=True),
    sa.Column('consent', sa.Text(), nullable=True),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('absent', 'attended', 'called_off', 'left', 'signed', 'waiting')", name=op.f('ck_activity_place_state')),
    sa.CheckConstraint('(station_id IS NULL) = (consent IS NULL)', name=op.f('ck_activity_place_consent')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_activity_place_account_id')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_activity_place_activity_id')),
    sa.ForeignKeyConstraint(['asked_by'], ['account.id'], name=op.f('fk_activity_place_asked_by')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_activity_place_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_place'))
    )
    op.create_index('ix_activity_place_account', 'activity_place', ['account_id', 'id'], unique=False)
    op.create_index('ix_activity_place_activity', 'activity_place', ['activity_id', 'id'], unique=False)
    op.create_index('uq_activity_place_person', 'activity_place', ['activity_id', 'account_id'], unique=True, postgresql_where=sa.text("state IN ('signed', 'waiting', 'attended')"))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("activity_photo")
    op.drop_table("activity_place")
    op.drop_table("activity")
