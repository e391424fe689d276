"""doorcards: grants of a deeper look, and scans at the door."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Create what doorcards keeps."""
    op.create_table('door_scan',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=True),
    sa.Column('booking_id', sa.Uuid(), nullable=True),
    sa.Column('colour', sa.Text(), nullable=False),
    sa.Column('match', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(match = 'none') = (booking_id IS NULL)", name=op.f('ck_door_scan_booking')),
    sa.CheckConstraint("colour IN ('green', 'yellow', 'red')", name=op.f('ck_door_scan_colour')),
    sa.CheckConstraint("match IN ('now', 'today', 'none')", name=op.f('ck_door_scan_match')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_door_scan_booking_id')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_door_scan_household_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_door_scan_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_door_scan'))
    )
    op.create_index('ix_door_scan_worker', 'door_scan', ['worker_id', 'id'], unique=False)
    op.create_table('file_grant',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('fields', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("fields <@ ARRAY['name', 'id_number', 'health', 'insurance', 'background', 'certificate']::text[] AND cardinality(fields) > 0", name=op.f('ck_file_grant_fields')),
    sa.CheckConstraint("state IN ('granted', 'revoked')", name=op.f('ck_file_grant_state')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_file_grant_booking_id')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_file_grant_household_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_file_grant_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_grant'))
    )
    op.create_index('ix_file_grant_household', 'file_grant', ['household_id', 'id'], unique=False)
    op.create_index('ix_file_grant_worker', 'file_grant', ['worker_id', 'id'], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("file_grant")
    op.drop_table("door_scan")
