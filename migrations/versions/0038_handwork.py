"""handwork: the piece-work board."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Create what the piece-work board keeps."""
    op.create_table('handwork_order',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('customer', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('pieces', sa.BigInteger(), nullable=False),
    sa.Column('free', sa.BigInteger(), nullable=False),
    sa.Column('unit_fen', sa.BigInteger(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('posted_by', sa.Uuid(), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('closed', 'open')", name=op.f('ck_handwork_order_state')),
    sa.CheckConstraint('pieces BETWEEN 1 AND 1000000 AND free BETWEEN 0 AND pieces', name=op.f('ck_handwork_order_pieces')),
    sa.CheckConstraint('unit_fen > 0', name=op.f('ck_handwork_order_unit')),
    sa.ForeignKeyConstraint(['board_id'], ['station.id'], name=op.f('fk_handwork_order_board_id')),
    sa.ForeignKeyConstraint(['posted_by'], ['account.id'], name=op.f('fk_handwork_order_posted_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handwork_order'))
    )
    op.create_index('ix_handwork_order_due', 'handwork_order', ['due_on'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_handwork_order_open', 'handwork_order', ['id'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_handwork_order_station', 'handwork_order', ['board_id', 'id'], unique=False)
    op.create_table('handwork_take',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('pieces', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('accepted', sa.BigInteger(), nullable=True),
    sa.Column('pay_fen', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('reference', sa.Text(), nullable=True),
    sa.Column('judged_on', sa.Date(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('station_id', sa.Uuid(), nullable=True),
    sa.Column('consent', sa.Text(), nullable=True),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state IN ('judged', 'paid', 'received', 'missed')) = (accepted IS NOT NULL)", name=op.f('ck_handwork_take_judged')),
    sa.CheckConstraint("state IN ('delivered', 'judged', 'missed', 'paid', 'received', 'returned', 'taken')", name=op.f('ck_handwork_take_state')),
    sa.CheckConstraint('(accepted IS NULL) = (pay_fen IS NULL)', name=op.f('ck_handwork_take_pay')),
    sa.CheckConstraint('(station_id IS NULL) = (consent IS NULL)', name=op.f('ck_handwork_take_consent')),
    sa.CheckConstraint('pieces > 0 AND accepted BETWEEN 0 AND pieces', name=op.f('ck_handwork_take_pieces')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_handwork_take_account_id')),
    sa.ForeignKeyConstraint(['asked_by'], ['account.id'], name=op.f('fk_handwork_take_asked_by')),
    sa.ForeignKeyConstraint(['order_id'], ['handwork_order.id'], name=op.f('fk_handwork_take_order_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_handwork_take_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handwork_take'))
    )
    op.create_index('ix_handwork_take_account', 'handwork_take', ['account_id', 'id'], unique=False)
    op.create_index('ix_handwork_take_judged', 'handwork_take', ['judged_on'], unique=False, postgresql_where=sa.text('judged_on IS NOT NULL'))
    op.create_index('ix_handwork_take_order', 'handwork_take', ['order_id', 'id'], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("handwork_take")
    op.drop_table("handwork_order")
