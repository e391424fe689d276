"""audit: its tables, and indexes by which the daily look for what is odd finds half a year."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Create what audit keeps."""
    op.create_table('address_print',
    sa.Column('of', sa.Text(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('of', name=op.f('pk_address_print'))
    )
    op.create_index('ix_address_print_digest', 'address_print', ['digest'], unique=False)
    op.create_table('audit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('population', sa.Text(), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('to_day', sa.Date(), nullable=False),
    sa.Column('rate', sa.BigInteger(), nullable=False),
    sa.Column('commitment', sa.LargeBinary(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('draw_on', sa.Date(), nullable=False),
    sa.Column('planned_by', sa.Uuid(), nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('log_size', sa.BigInteger(), nullable=True),
    sa.Column('root', sa.LargeBinary(), nullable=True),
    sa.Column('nonce', sa.LargeBinary(), nullable=True),
    sa.Column('public_draw', sa.Text(), nullable=True),
    sa.Column('frame', sa.BigInteger(), nullable=True),
    sa.Column('drawn_by', sa.Uuid(), nullable=True),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('report', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('report_sha256', sa.Text(), nullable=True),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_because', sa.Text(), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'cancelled') = (cancelled_because IS NOT NULL)", name=op.f('ck_audit_cancelled')),
    sa.CheckConstraint("(state = 'reported') = (report IS NOT NULL)", name=op.f('ck_audit_reported')),
    sa.CheckConstraint("draw_on >= (planned_at AT TIME ZONE 'Asia/Shanghai')::date + 7", name=op.f('ck_audit_draw_on')),
    sa.CheckConstraint("population IN ('appeal_upheld', 'background_check', 'cancel_worker', 'certificate', 'complaint_dismissed', 'complaint_opened', 'complaint_substantiated', 'credit_repair', 'health_cert', 'identity_verified', 'insurance', 'licence', 'no_show', 'order_completed', 'order_paid', 'rating', 'standing')", name=op.f('ck_audit_population')),
    sa.CheckConstraint("state IN ('cancelled', 'drawn', 'planned', 'reported')", name=op.f('ck_audit_state')),
    sa.CheckConstraint("state NOT IN ('drawn', 'reported') OR (nonce IS NOT NULL AND root IS NOT NULL AND public_draw IS NOT NULL AND frame IS NOT NULL)", name=op.f('ck_audit_drawn')),
    sa.CheckConstraint('from_day <= to_day AND to_day < draw_on', name=op.f('ck_audit_period')),
    sa.CheckConstraint('nonce IS NULL OR sha256(nonce) = commitment', name=op.f('ck_audit_nonce')),
    sa.CheckConstraint('octet_length(commitment) = 32', name=op.f('ck_audit_commitment')),
    sa.ForeignKeyConstraint(['drawn_by'], ['account.id'], name=op.f('fk_audit_drawn_by')),
    sa.ForeignKeyConstraint(['planned_by'], ['account.id'], name=op.f('fk_audit_planned_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
    sa.UniqueConstraint('commitment', name=op.f('uq_audit_commitment'))
    )
    op.create_table('audit_flag',
    sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=True),
    sa.Column('taken_by', sa.Uuid(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('one_order_households', 'own_people', 'rated_share', 'rating_burst', 'rising_falling', 'shared_address', 'shared_phone')", name=op.f('ck_audit_flag_kind')),
    sa.CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name=op.f('ck_audit_flag_closed')),
    sa.CheckConstraint("state IN ('closed', 'looked_at', 'raised')", name=op.f('ck_audit_flag_state')),
    sa.ForeignKeyConstraint(['taken_by'], ['account.id'], name=op.f('fk_audit_flag_taken_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_flag'))
    )
    op.create_index('ix_audit_flag_closed', 'audit_flag', ['kind', 'subject', 'closed_at'], unique=False)
    op.create_index('ix_audit_flag_state', 'audit_flag', ['state', 'raised_at', 'id'], unique=False)
    op.create_index('uq_audit_flag_live', 'audit_flag', ['kind', 'subject'], unique=True, postgresql_where=sa.text("state <> 'closed'"))
    op.create_table('audit_task',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('audit_id', sa.Uuid(), nullable=False),
    sa.Column('leaf_index', sa.BigInteger(), nullable=False),
    sa.Column('entry_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('assigned_to', sa.Uuid(), nullable=True),
    sa.CheckConstraint("state = 'open' OR assigned_to IS NOT NULL", name=op.f('ck_audit_task_assigned')),
    sa.CheckConstraint("state IN ('accepted', 'assigned', 'found', 'open', 'returned')", name=op.f('ck_audit_task_state')),
    sa.ForeignKeyConstraint(['assigned_to'], ['account.id'], name=op.f('fk_audit_task_assigned_to')),
    sa.ForeignKeyConstraint(['audit_id'], ['audit.id'], name=op.f('fk_audit_task_audit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_task')),
    sa.UniqueConstraint('audit_id', 'leaf_index', name=op.f('uq_audit_task_audit_id_leaf_index'))
    )
    op.create_index('ix_audit_task_audit', 'audit_task', ['audit_id', 'state', 'leaf_index'], unique=False)
    op.create_index('ix_audit_task_mine', 'audit_task', ['assigned_to', 'due_on', 'id'], unique=False)
    op.create_table('audit_call',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('whom', sa.Text(), nullable=False),
    sa.Column('reached', sa.Boolean(), nullable=False),
    sa.Column('unreached', sa.Text(), nullable=True),
    sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('called_by', sa.Uuid(), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("unreached IS NULL OR unreached IN ('no_answer', 'refused', 'wrong_number')", name=op.f('ck_audit_call_unreached')),
    sa.CheckConstraint('reached = (unreached IS NULL)', name=op.f('ck_audit_call_reached')),
    sa.ForeignKeyConstraint(['called_by'], ['account.id'], name=op.f('fk_audit_call_called_by')),
    sa.ForeignKeyConstraint(['task_id'], ['audit_task.id'], name=op.f('fk_audit_call_task_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_call'))
    )
    op.create_index('ix_audit_call_task', 'audit_call', ['task_id', 'id'], unique=False)
    op.create_table('audit_finding',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('verdict', sa.Text(), nullable=False),
    sa.Column('defect', sa.Text(), nullable=True),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('found_by', sa.Uuid(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted', sa.Boolean(), nullable=True),
    sa.Column('returned_because', sa.LargeBinary(), nullable=True),
    sa.Column('reviewed_by', sa.Uuid(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(verdict = 'defect') = (defect IS NOT NULL)", name=op.f('ck_audit_finding_defect_named')),
    sa.CheckConstraint("defect IS NULL OR defect IN ('amount_differs', 'bought_or_pressed', 'complaint_kept_back', 'date_differs', 'finding_unfounded', 'never_happened', 'not_heard', 'not_their_rating', 'other', 'other_worker', 'paid_beside', 'paper_false', 'paper_of_another', 'record_differs', 'score_differs')", name=op.f('ck_audit_finding_defect')),
    sa.CheckConstraint("verdict IN ('defect', 'sound', 'unverifiable')", name=op.f('ck_audit_finding_verdict')),
    sa.CheckConstraint('(accepted IS NULL) = (reviewed_by IS NULL)', name=op.f('ck_audit_finding_reviewed')),
    sa.CheckConstraint('accepted IS DISTINCT FROM FALSE OR returned_because IS NOT NULL', name=op.f('ck_audit_finding_returned')),
    sa.CheckConstraint('reviewed_by <> found_by', name=op.f('ck_audit_finding_four_eyes')),
    sa.ForeignKeyConstraint(['found_by'], ['account.id'], name=op.f('fk_audit_finding_found_by')),
    sa.ForeignKeyConstraint(['reviewed_by'], ['account.id'], name=op.f('fk_audit_finding_reviewed_by')),
    sa.ForeignKeyConstraint(['task_id'], ['audit_task.id'], name=op.f('fk_audit_finding_task_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_finding'))
    )
    op.create_index('ix_audit_finding_task', 'audit_finding', ['task_id', 'id'], unique=False)
    op.create_index('uq_audit_finding_standing', 'audit_finding', ['task_id'], unique=True, postgresql_where=sa.text('accepted IS DISTINCT FROM FALSE'))
    op.create_index('ix_booking_completed', 'booking', ['closed_at'], unique=False, postgresql_where=sa.text("state = 'completed'"))
    op.create_index('ix_review_written', 'review', ['written_at'], unique=False, postgresql_where=sa.text("side = 'household'"))
    op.create_index('ix_log_checkpoint_at', 'log_checkpoint', ['at', 'size'], unique=False)
    op.execute("CALL make_append_only('audit_call')")


def downgrade() -> None:
    """Drop it."""
    op.drop_index('ix_log_checkpoint_at', table_name='log_checkpoint')
    op.drop_index('ix_review_written', table_name='review', postgresql_where=sa.text("side = 'household'"))
    op.drop_index('ix_booking_completed', table_name='booking', postgresql_where=sa.text("state = 'completed'"))
    op.drop_index('uq_audit_finding_standing', table_name='audit_finding', postgresql_where=sa.text('accepted IS DISTINCT FROM FALSE'))
    op.drop_index('ix_audit_finding_task', table_name='audit_finding')
    op.drop_table('audit_finding')
    op.drop_index('ix_audit_call_task', table_name='audit_call')
    op.drop_table('audit_call')
    op.drop_index('ix_audit_task_mine', table_name='audit_task')
    op.drop_index('ix_audit_task_audit', table_name='audit_task')
    op.drop_table('audit_task')
    op.drop_index('uq_audit_flag_live', table_name='audit_flag', postgresql_where=sa.text("state <> 'closed'"))
    op.drop_index('ix_audit_flag_state', table_name='audit_flag')
    op.drop_index('ix_audit_flag_closed', table_name='audit_flag')
    op.drop_table('audit_flag')
    op.drop_table('audit')
    op.drop_index('ix_address_print_digest', table_name='address_print')
    op.drop_table('address_print')
