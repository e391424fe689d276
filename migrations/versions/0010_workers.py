"""workers and documents: their tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create what workers and documents keep."""
    op.create_table('worker',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('no', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('firm_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('called', sa.Text(), nullable=False),
    sa.Column('phone', sa.LargeBinary(), nullable=False),
    sa.Column('phone_index', sa.LargeBinary(), nullable=False),
    sa.Column('id_number', sa.LargeBinary(), nullable=False),
    sa.Column('id_index', sa.LargeBinary(), nullable=False),
    sa.Column('sex', sa.Text(), nullable=False),
    sa.Column('birth_year', sa.BigInteger(), nullable=False),
    sa.Column('native_place', sa.Text(), nullable=False),
    sa.Column('district', sa.Text(), nullable=False),
    sa.Column('cell', sa.BigInteger(), nullable=False),
    sa.Column('working_since', sa.BigInteger(), nullable=True),
    sa.Column('live_in', sa.Boolean(), nullable=False),
    sa.Column('bio', sa.Text(), nullable=False),
    sa.Column('photo_id', sa.Uuid(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('identity_verified_on', sa.Date(), nullable=True),
    sa.Column('health_until', sa.Date(), nullable=True),
    sa.Column('insured_until', sa.Date(), nullable=True),
    sa.Column('insured_class', sa.BigInteger(), nullable=True),
    sa.Column('background_until', sa.Date(), nullable=True),
    sa.Column('certificates', postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    sa.Column('score', sa.BigInteger(), nullable=False),
    sa.Column('grade', sa.Text(), nullable=False),
    sa.Column('rating_sum', sa.BigInteger(), nullable=False),
    sa.Column('rating_count', sa.BigInteger(), nullable=False),
    sa.Column('completed_count', sa.BigInteger(), nullable=False),
    sa.Column('listed', sa.Boolean(), nullable=False),
    sa.Column('card', postgresql.JSONB(), nullable=False),
    sa.Column('search', postgresql.TSVECTOR(), nullable=False),
    sa.Column('card_on', sa.Date(), server_default=sa.text('CURRENT_DATE'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("sex IN ('female', 'male')", name=op.f('ck_worker_sex')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_worker_account_id')),
    sa.ForeignKeyConstraint(['district'], ['region.code'], name=op.f('fk_worker_district')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_worker_firm_id')),
    sa.ForeignKeyConstraint(['photo_id'], ['media.id'], name=op.f('fk_worker_photo_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_worker')),
    sa.UniqueConstraint('id_index', name=op.f('uq_worker_id_index')),
    sa.UniqueConstraint('no', name=op.f('uq_worker_no'))
    )
    op.create_index('ix_worker_account', 'worker', ['account_id'], unique=True, postgresql_where=sa.text('account_id IS NOT NULL'))
    op.create_index('ix_worker_card_on', 'worker', ['card_on', 'id'], unique=False)
    op.create_index('ix_worker_district', 'worker', ['district', sa.literal_column('score DESC'), sa.literal_column('no DESC')], unique=False, postgresql_where=sa.text('listed'))
    op.create_index('ix_worker_price', 'worker', [sa.literal_column("(((card -> 'price_from') ->> 'amount')::bigint)"), 'no'], unique=False, postgresql_where=sa.text('listed'))
    op.create_index('ix_worker_rank', 'worker', [sa.literal_column('score DESC'), sa.literal_column('no DESC')], unique=False, postgresql_where=sa.text('listed'))
    op.create_index('ix_worker_since', 'worker', [sa.literal_column('coalesce(working_since, 9999)'), 'no'], unique=False, postgresql_where=sa.text('listed'))
    op.create_index('ix_worker_firm', 'worker', ['firm_id', 'no'], unique=False)
    op.create_index('ix_worker_phone', 'worker', ['phone_index'], unique=False)
    op.create_index('ix_worker_search', 'worker', ['search'], unique=False, postgresql_using='gin')
    op.create_table('employment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('joined_on', sa.Date(), nullable=False),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('left_because', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_employment_firm_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_employment_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_employment'))
    )
    op.create_index('ix_employment_firm', 'employment', ['firm_id', 'id'], unique=False)
    op.create_index('uq_employment_open', 'employment', ['worker_id'], unique=True, postgresql_where=sa.text('left_on IS NULL'))
    op.create_table('worker_document',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('level', sa.BigInteger(), nullable=True),
    sa.Column('number', sa.LargeBinary(), nullable=True),
    sa.Column('issuer', sa.Text(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('insurance_class', sa.BigInteger(), nullable=True),
    sa.Column('conclusion', sa.Text(), nullable=True),
    sa.Column('look_back_years', sa.BigInteger(), nullable=True),
    sa.Column('media_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_by', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reviewed_by', sa.Uuid(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.CheckConstraint("kind IN ('identity', 'health', 'insurance', 'background', 'certificate')", name=op.f('ck_worker_document_kind')),
    sa.CheckConstraint("state IN ('recorded', 'rejected', 'verified', 'withdrawn')", name=op.f('ck_worker_document_state')),
    sa.CheckConstraint("state NOT IN ('verified', 'rejected') OR reviewed_by IS NOT NULL", name=op.f('ck_worker_document_reviewer')),
    sa.ForeignKeyConstraint(['media_id'], ['media.id'], name=op.f('fk_worker_document_media_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['account.id'], name=op.f('fk_worker_document_recorded_by')),
    sa.ForeignKeyConstraint(['reviewed_by'], ['account.id'], name=op.f('fk_worker_document_reviewed_by')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_worker_document_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_worker_document'))
    )
    op.create_index('ix_worker_document_queue', 'worker_document', ['id'], unique=False, postgresql_where=sa.text("state = 'recorded'"))
    op.create_index('ix_worker_document_worker', 'worker_document', ['worker_id', 'kind', 'id'], unique=False)
    op.create_table('worker_service',
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('price_fen', sa.BigInteger(), nullable=False),
    sa.Column('provisional', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint('price_fen BETWEEN 1 AND 10000000', name=op.f('ck_worker_service_price')),
    sa.ForeignKeyConstraint(['service_code'], ['service.code'], name=op.f('fk_worker_service_service_code')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_worker_service_worker_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('worker_id', 'service_code', name=op.f('pk_worker_service'))
    )
    op.create_table('worker_skill',
    sa.Column('worker_no', sa.BigInteger(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('district', sa.Text(), nullable=False),
    sa.Column('cell', sa.BigInteger(), nullable=False),
    sa.Column('score', sa.BigInteger(), nullable=False),
    sa.Column('grade_rank', sa.BigInteger(), nullable=False),
    sa.Column('price_fen', sa.BigInteger(), nullable=False),
    sa.Column('working_since', sa.BigInteger(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('live_in', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['service_code'], ['service.code'], name=op.f('fk_worker_skill_service_code')),
    sa.ForeignKeyConstraint(['worker_no'], ['worker.no'], name=op.f('fk_worker_skill_worker_no'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('worker_no', 'service_code', name=op.f('pk_worker_skill'))
    )
    op.create_index('ix_worker_skill_cell', 'worker_skill', ['service_code', 'cell', sa.literal_column('score DESC'), sa.literal_column('worker_no DESC')], unique=False)
    op.create_index('ix_worker_skill_city', 'worker_skill', ['service_code', sa.literal_column('score DESC'), sa.literal_column('worker_no DESC')], unique=False)
    op.create_index('ix_worker_skill_price', 'worker_skill', ['service_code', 'price_fen', 'worker_no'], unique=False)
    op.create_index('ix_worker_skill_since', 'worker_skill', ['service_code', 'working_since', 'worker_no'], unique=False)
    op.create_index('uq_worker_skill_rank', 'worker_skill', ['district', 'service_code', sa.literal_column('score DESC'), sa.literal_column('worker_no DESC')], unique=True, postgresql_include=['price_fen', 'grade_rank', 'cell'])


def downgrade() -> None:
    """Drop it."""
    op.drop_index('uq_worker_skill_rank', table_name='worker_skill', postgresql_include=['price_fen', 'grade_rank', 'cell'])
    op.drop_index('ix_worker_skill_since', table_name='worker_skill')
    op.drop_index('ix_worker_skill_price', table_name='worker_skill')
    op.drop_index('ix_worker_skill_city', table_name='worker_skill')
    op.drop_index('ix_worker_skill_cell', table_name='worker_skill')
    op.drop_table('worker_skill')
    op.drop_table('worker_service')
    op.drop_index('ix_worker_document_worker', table_name='worker_document')
    op.drop_index('ix_worker_document_queue', table_name='worker_document', postgresql_where=sa.text("state = 'recorded'"))
    op.drop_table('worker_document')
    op.drop_index('uq_employment_open', table_name='employment', postgresql_where=sa.text('left_on IS NULL'))
    op.drop_index('ix_employment_firm', table_name='employment')
    op.drop_table('employment')
    op.drop_index('ix_worker_since', table_name='worker', postgresql_where=sa.text('listed'))
    op.drop_index('ix_worker_rank', table_name='worker', postgresql_where=sa.text('listed'))
    op.drop_index('ix_worker_price', table_name='worker', postgresql_where=sa.text('listed'))
    op.drop_index('ix_worker_district', table_name='worker', postgresql_where=sa.text('listed'))
    op.drop_index('ix_worker_search', table_name='worker', postgresql_using='gin')
    op.drop_index('ix_worker_phone', table_name='worker')
    op.drop_index('ix_worker_firm', table_name='worker')
    op.drop_index('ix_worker_card_on', table_name='worker')
    op.drop_index('ix_worker_account', table_name='worker', postgresql_where=sa.text('account_id IS NOT NULL'))
    op.drop_table('worker')
