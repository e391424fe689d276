"""reviews: its tables."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create what reviews keeps."""
    op.create_table('review',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('side', sa.Text(), nullable=False),
    sa.Column('overall', sa.SmallInteger(), nullable=False),
    sa.Column('skill', sa.SmallInteger(), nullable=False),
    sa.Column('attitude', sa.SmallInteger(), nullable=False),
    sa.Column('punctuality', sa.SmallInteger(), nullable=False),
    sa.Column('honesty', sa.SmallInteger(), nullable=False),
    sa.Column('communication', sa.SmallInteger(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('publish_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("side IN ('household', 'worker')", name=op.f('ck_review_side')),
    sa.CheckConstraint('overall BETWEEN 1 AND 5 AND skill BETWEEN 1 AND 5 AND attitude BETWEEN 1 AND 5 AND punctuality BETWEEN 1 AND 5 AND honesty BETWEEN 1 AND 5 AND communication BETWEEN 1 AND 5', name=op.f('ck_review_marks')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_review_booking_id')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_review_household_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_review_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review')),
    sa.UniqueConstraint('booking_id', 'side', name=op.f('uq_review_booking_id_side'))
    )
    op.create_index('ix_review_due', 'review', ['publish_at'], unique=False, postgresql_where=sa.text('published_at IS NULL'))
    op.create_index('ix_review_worker', 'review', ['worker_id', 'id'], unique=False, postgresql_where=sa.text("published_at IS NOT NULL AND side = 'household'"))


def downgrade() -> None:
    """Drop it."""
    op.drop_index('ix_review_worker', table_name='review', postgresql_where=sa.text("published_at IS NOT NULL AND side = 'household'"))
    op.drop_index('ix_review_due', table_name='review', postgresql_where=sa.text('published_at IS NULL'))
    op.drop_table('review')
