"""openings: the jobs wall."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Create what the jobs wall keeps."""
    op.create_table('job_opening',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=True),
    sa.Column('station_id', sa.Uuid(), nullable=True),
    sa.Column('employer', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('region_code', sa.Text(), nullable=False),
    sa.Column('places', sa.BigInteger(), nullable=False),
    sa.Column('filled', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('wage_low_fen', sa.BigInteger(), nullable=False),
    sa.Column('wage_high_fen', sa.BigInteger(), nullable=False),
    sa.Column('wage_unit', sa.Text(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('posted_by', sa.Uuid(), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('closed', 'open')", name=op.f('ck_job_opening_state')),
    sa.CheckConstraint("wage_unit IN ('month', 'day', 'hour', 'piece')", name=op.f('ck_job_opening_unit')),
    sa.CheckConstraint('(firm_id IS NULL) <> (station_id IS NULL)', name=op.f('ck_job_opening_whose')),
    sa.CheckConstraint('places BETWEEN 1 AND 1000 AND filled BETWEEN 0 AND places', name=op.f('ck_job_opening_places')),
    sa.CheckConstraint('wage_low_fen BETWEEN 0 AND wage_high_fen', name=op.f('ck_job_opening_wage')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_job_opening_firm_id')),
    sa.ForeignKeyConstraint(['posted_by'], ['account.id'], name=op.f('fk_job_opening_posted_by')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_job_opening_region_code')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_job_opening_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_opening'))
    )
    op.create_index('ix_job_opening_firm', 'job_opening', ['firm_id', 'id'], unique=False, postgresql_where=sa.text('firm_id IS NOT NULL'))
    op.create_index('ix_job_opening_open', 'job_opening', ['id'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_job_opening_region', 'job_opening', ['region_code', 'id'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_job_opening_station', 'job_opening', ['station_id', 'id'], unique=False, postgresql_where=sa.text('station_id IS NOT NULL'))
    op.create_index('ix_job_opening_until', 'job_opening', ['until'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_table('job_application',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('opening_id', sa.Uuid(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('placed_on', sa.Date(), nullable=True),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('station_id', sa.Uuid(), nullable=True),
    sa.Column('consent', sa.Text(), nullable=True),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state IN ('placed', 'confirmed', 'denied')) = (placed_on IS NOT NULL)", name=op.f('ck_job_application_placed')),
    sa.CheckConstraint("state IN ('applied', 'confirmed', 'denied', 'placed', 'refused', 'withdrawn')", name=op.f('ck_job_application_state')),
    sa.CheckConstraint('(station_id IS NULL) = (consent IS NULL)', name=op.f('ck_job_application_consent')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_job_application_account_id')),
    sa.ForeignKeyConstraint(['asked_by'], ['account.id'], name=op.f('fk_job_application_asked_by')),
    sa.ForeignKeyConstraint(['opening_id'], ['job_opening.id'], name=op.f('fk_job_application_opening_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_job_application_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_application'))
    )
    op.create_index('ix_job_application_account', 'job_application', ['account_id', 'id'], unique=False)
    op.create_index('ix_job_application_opening', 'job_application', ['opening_id', 'id'], unique=False)
    op.create_index('ix_job_application_placed', 'job_application', ['placed_on'], unique=False, postgresql_where=sa.text('placed_on IS NOT NULL'))
    op.create_index('ix_job_application_station', 'job_application', ['station_id', 'id'], unique=False, postgresql_where=sa.text('station_id IS NOT NULL'))
    op.create_index('uq_job_application_person', 'job_application', ['opening_id', 'account_id'], unique=True, postgresql_where=sa.text("state IN ('applied', 'placed', 'confirmed')"))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("job_application")
    op.drop_table("job_opening")
