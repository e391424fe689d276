"""stations: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create what stations keeps."""
    op.create_table('station',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('community', sa.Text(), nullable=False),
    sa.Column('region_code', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('lng', sa.Double(), nullable=False),
    sa.Column('lat', sa.Double(), nullable=False),
    sa.Column('hours', sa.Text(), nullable=False),
    sa.Column('floors', postgresql.JSONB(), nullable=False),
    sa.Column('association', sa.Text(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_station_region_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_station'))
    )
    op.create_index(op.f('ix_station_region_code'), 'station', ['region_code'], unique=False)
    op.create_index('ix_station_opened', 'station', ['opened_on', 'id'], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_index('ix_station_opened', table_name='station')
    op.drop_index(op.f('ix_station_region_code'), table_name='station')
    op.drop_table('station')
