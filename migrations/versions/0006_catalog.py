"""catalog: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create what catalog keeps."""
    op.create_table('cancellation_policy',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('tiers', postgresql.JSONB(), nullable=False),
    sa.Column('no_show_permille', sa.BigInteger(), nullable=False),
    sa.Column('grace_minutes', sa.BigInteger(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_cancellation_policy'))
    )
    op.create_table('region',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('lng', sa.Double(), nullable=False),
    sa.Column('lat', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_region'))
    )
    op.create_table('service',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('category_name', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('min_minutes', sa.BigInteger(), nullable=False),
    sa.Column('care', sa.Boolean(), nullable=False),
    sa.Column('insurance_class', sa.BigInteger(), nullable=False),
    sa.Column('aliases', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("mode IN ('hourly', 'package', 'monthly', 'live_in')", name=op.f('ck_service_mode')),
    sa.CheckConstraint("unit IN ('hour', 'visit', 'day', 'month')", name=op.f('ck_service_unit')),
    sa.CheckConstraint('insurance_class BETWEEN 1 AND 4', name=op.f('ck_service_insurance_class')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_service'))
    )
    op.create_table('fee_rule',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=True),
    sa.Column('permille', sa.BigInteger(), nullable=False),
    sa.Column('fixed_fen', sa.BigInteger(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.CheckConstraint("line IN ('firm_fee', 'insurance', 'platform_fee')", name=op.f('ck_fee_rule_line')),
    sa.CheckConstraint('permille >= 0 AND fixed_fen >= 0', name=op.f('ck_fee_rule_not_negative')),
    sa.ForeignKeyConstraint(['service_code'], ['service.code'], name=op.f('fk_fee_rule_service_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fee_rule'))
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table('fee_rule')
    op.drop_table('service')
    op.drop_table('region')
    op.drop_table('cancellation_policy')
