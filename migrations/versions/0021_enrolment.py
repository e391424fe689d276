"""enrolment: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Create what enrolment keeps."""
    op.create_table('register_entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('uscc', sa.Text(), nullable=True),
    sa.Column('region_code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('staff_estimate', sa.BigInteger(), nullable=True),
    sa.Column('surveyed_on', sa.Date(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=True),
    sa.Column('matched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('entered_by', sa.Uuid(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('struck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_by', sa.Uuid(), nullable=True),
    sa.Column('struck_because', sa.Text(), nullable=True),
    sa.CheckConstraint("kind IN ('company', 'sole_trader', 'cooperative', 'nonprofit', 'other')", name=op.f('ck_register_entry_kind')),
    sa.CheckConstraint('(firm_id IS NULL) = (matched_at IS NULL)', name=op.f('ck_register_entry_matched_when')),
    sa.CheckConstraint('(struck_at IS NULL) = (struck_because IS NULL)', name=op.f('ck_register_entry_struck_why')),
    sa.ForeignKeyConstraint(['entered_by'], ['account.id'], name=op.f('fk_register_entry_entered_by')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_register_entry_firm_id')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_register_entry_region_code')),
    sa.ForeignKeyConstraint(['struck_by'], ['account.id'], name=op.f('fk_register_entry_struck_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_entry'))
    )
    op.create_index('ix_register_entry_firm', 'register_entry', ['firm_id'], unique=False, postgresql_where=sa.text('firm_id IS NOT NULL'))
    op.create_index('ix_register_entry_name', 'register_entry', ['name', 'id'], unique=False)
    op.create_index('ix_register_entry_region', 'register_entry', ['region_code', 'name', 'id'], unique=False, postgresql_where=sa.text('struck_at IS NULL'))
    op.create_index('uq_register_entry_nameless', 'register_entry', ['region_code', 'name'], unique=True, postgresql_where=sa.text('struck_at IS NULL AND uscc IS NULL'))
    op.create_index('uq_register_entry_uscc', 'register_entry', ['uscc'], unique=True, postgresql_where=sa.text('struck_at IS NULL'))
    op.create_table('grading',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('standard', sa.Text(), nullable=False),
    sa.Column('opened_by', sa.Uuid(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('reviewed_by', sa.Uuid(), nullable=True),
    sa.Column('assessed_by', sa.Uuid(), nullable=True),
    sa.Column('assessor', sa.Text(), nullable=True),
    sa.Column('report_media_id', sa.Uuid(), nullable=True),
    sa.Column('confirmed_by', sa.Uuid(), nullable=True),
    sa.Column('points', sa.BigInteger(), nullable=True),
    sa.Column('grade', sa.BigInteger(), nullable=True),
    sa.Column('published_on', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('check_due_on', sa.Date(), nullable=True),
    sa.Column('stands_until', sa.Date(), nullable=True),
    sa.Column('check_announced', sa.Boolean(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.CheckConstraint("state IN ('city_review', 'draft', 'fell_short', 'lapsed', 'published', 'replaced', 'returned', 'revoked', 'second_review', 'third_party', 'withdrawn')", name=op.f('ck_grading_state')),
    sa.CheckConstraint("state NOT IN ('published', 'lapsed', 'revoked', 'replaced') OR (grade IS NOT NULL AND published_on IS NOT NULL AND valid_until IS NOT NULL AND stands_until IS NOT NULL AND reviewed_by IS NOT NULL AND assessed_by IS NOT NULL AND confirmed_by IS NOT NULL)", name=op.f('ck_grading_published')),
    sa.CheckConstraint('assessed_by <> reviewed_by AND confirmed_by <> reviewed_by', name=op.f('ck_grading_four_eyes')),
    sa.CheckConstraint('grade BETWEEN 1 AND 5', name=op.f('ck_grading_grade')),
    sa.ForeignKeyConstraint(['assessed_by'], ['account.id'], name=op.f('fk_grading_assessed_by')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['account.id'], name=op.f('fk_grading_confirmed_by')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_grading_firm_id')),
    sa.ForeignKeyConstraint(['opened_by'], ['account.id'], name=op.f('fk_grading_opened_by')),
    sa.ForeignKeyConstraint(['report_media_id'], ['media.id'], name=op.f('fk_grading_report_media_id')),
    sa.ForeignKeyConstraint(['reviewed_by'], ['account.id'], name=op.f('fk_grading_reviewed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grading'))
    )
    op.create_index('ix_grading_check', 'grading', ['check_due_on', 'id'], unique=False, postgresql_where=sa.text("state = 'published'"))
    op.create_index('ix_grading_firm', 'grading', ['firm_id', 'id'], unique=False)
    op.create_index('ix_grading_standing', 'grading', ['stands_until'], unique=False, postgresql_where=sa.text("state = 'published'"))
    op.create_index('ix_grading_waiting', 'grading', ['due_on', 'id'], unique=False, postgresql_where=sa.text("state IN ('city_review', 'third_party', 'second_review')"))
    op.create_index('uq_grading_open', 'grading', ['firm_id'], unique=True, postgresql_where=sa.text("state IN ('draft', 'returned', 'city_review', 'third_party', 'second_review')"))
    op.create_index('uq_grading_published', 'grading', ['firm_id'], unique=True, postgresql_where=sa.text("state = 'published'"))
    op.create_table('grading_score',
    sa.Column('grading_id', sa.Uuid(), nullable=False),
    sa.Column('indicator', sa.Text(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('self_points', sa.BigInteger(), nullable=False),
    sa.Column('self_note', sa.Text(), nullable=False),
    sa.Column('evidence', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('city_points', sa.BigInteger(), nullable=True),
    sa.Column('city_reason', sa.Text(), nullable=True),
    sa.Column('city_note', sa.Text(), nullable=True),
    sa.Column('assessor_points', sa.BigInteger(), nullable=True),
    sa.Column('assessor_note', sa.Text(), nullable=True),
    sa.CheckConstraint('(city_points <> self_points) = (city_reason IS NOT NULL)', name=op.f('ck_grading_score_corrected')),
    sa.ForeignKeyConstraint(['grading_id'], ['grading.id'], name=op.f('fk_grading_score_grading_id')),
    sa.PrimaryKeyConstraint('grading_id', 'indicator', name=op.f('pk_grading_score'))
    )
    op.create_table('grading_decision',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('grading_id', sa.Uuid(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('points', sa.BigInteger(), nullable=True),
    sa.Column('reasons', postgresql.JSONB(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_grading_decision_decided_by')),
    sa.ForeignKeyConstraint(['grading_id'], ['grading.id'], name=op.f('fk_grading_decision_grading_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grading_decision'))
    )
    op.create_index('ix_grading_decision_grading', 'grading_decision', ['grading_id', 'id'], unique=False)
    op.create_table('firm_visit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('standard', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('planned_by', sa.Uuid(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('visited_by', sa.Uuid(), nullable=True),
    sa.Column('visited_on', sa.Date(), nullable=True),
    sa.Column('findings', postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('follow_up_on', sa.Date(), nullable=True),
    sa.Column('answer_by', sa.Date(), nullable=True),
    sa.Column('objection', sa.LargeBinary(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.Uuid(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('announced', 'unannounced')", name=op.f('ck_firm_visit_kind')),
    sa.CheckConstraint("state IN ('acknowledged', 'cancelled', 'closed', 'objected', 'planned', 'reported')", name=op.f('ck_firm_visit_state')),
    sa.CheckConstraint("state NOT IN ('reported', 'acknowledged', 'objected', 'closed') OR (visited_by IS NOT NULL AND visited_on IS NOT NULL)", name=op.f('ck_firm_visit_reported')),
    sa.CheckConstraint('objection IS NULL OR closed_by <> visited_by', name=op.f('ck_firm_visit_four_eyes')),
    sa.ForeignKeyConstraint(['closed_by'], ['account.id'], name=op.f('fk_firm_visit_closed_by')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_firm_visit_firm_id')),
    sa.ForeignKeyConstraint(['planned_by'], ['account.id'], name=op.f('fk_firm_visit_planned_by')),
    sa.ForeignKeyConstraint(['visited_by'], ['account.id'], name=op.f('fk_firm_visit_visited_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_firm_visit'))
    )
    op.create_index('ix_firm_visit_due', 'firm_visit', ['due_on', 'id'], unique=False, postgresql_where=sa.text("state NOT IN ('closed', 'cancelled')"))
    op.create_index('ix_firm_visit_firm', 'firm_visit', ['firm_id', 'id'], unique=False)
    op.execute("CALL make_append_only('grading_decision')")
    op.execute("CREATE TRIGGER no_delete BEFORE DELETE ON register_entry FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute("CREATE TRIGGER no_truncate BEFORE TRUNCATE ON register_entry"
               " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    """Drop it."""
    op.drop_table('firm_visit')
    op.drop_table('grading_decision')
    op.drop_table('grading_score')
    op.drop_table('grading')
    op.drop_table('register_entry')
