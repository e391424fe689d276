"""courses: courses, sessions, seats, attendance, assessments, subsidies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

#: special skills without a national level, taught by the federation's courses: code, name, English name
SKILLS = [("newborn_care", "新生儿护理", "Newborn care"), ("postnatal_care", "产后护理", "Postnatal care"),
          ("storage", "整理收纳", "Storage and tidying"), ("western_pastry", "西式面点", "Western pastry"),
          ("broker", "家政服务经纪人", "Domestic service broker")]
#: who pays for training. The amounts are examples: each city sets its own
PROGRAMMES = [("sukenhuichuang", "苏垦慧创", "Suken Huichuang", 60_000), ("labour_transfer", "省劳动力转移培训",
              "Provincial training for labour transfer", 80_000)]

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Create what courses keeps."""
    op.create_table('funding_programme',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_funding_programme_amount')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_funding_programme'))
    )
    op.create_table('course',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('occupation', sa.Text(), nullable=False),
    sa.Column('level', sa.BigInteger(), nullable=True),
    sa.Column('edition', sa.Text(), nullable=False),
    sa.Column('theory_minutes', sa.BigInteger(), nullable=False),
    sa.Column('practice_minutes', sa.BigInteger(), nullable=False),
    sa.Column('syllabus', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('conditions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('body_id', sa.Uuid(), nullable=False),
    sa.Column('valid_years', sa.BigInteger(), nullable=True),
    sa.Column('theory_pass', sa.BigInteger(), nullable=False),
    sa.Column('practice_pass', sa.BigInteger(), nullable=False),
    sa.Column('least_attendance', sa.BigInteger(), nullable=False),
    sa.Column('attempts', sa.BigInteger(), nullable=False),
    sa.Column('resit_days', sa.BigInteger(), nullable=False),
    sa.Column('programmes', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name=op.f('ck_course_state')),
    sa.CheckConstraint('attempts BETWEEN 1 AND 9 AND resit_days BETWEEN 0 AND 365', name=op.f('ck_course_attempts')),
    sa.CheckConstraint('least_attendance BETWEEN 0 AND 1000', name=op.f('ck_course_attendance')),
    sa.CheckConstraint('theory_minutes >= 0 AND practice_minutes >= 0 AND theory_minutes + practice_minutes > 0', name=op.f('ck_course_minutes')),
    sa.CheckConstraint('theory_pass BETWEEN 1 AND 100 AND practice_pass BETWEEN 1 AND 100', name=op.f('ck_course_pass')),
    sa.CheckConstraint('valid_years BETWEEN 1 AND 20', name=op.f('ck_course_valid_years')),
    sa.ForeignKeyConstraint(['body_id'], ['awarding_body.id'], name=op.f('fk_course_body_id')),
    sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_course_made_by')),
    sa.ForeignKeyConstraint(['occupation'], ['occupation.code'], name=op.f('fk_course_occupation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course'))
    )
    op.create_index('ix_course_state', 'course', ['state', 'id'], unique=False)
    op.create_table('course_session',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('region_code', sa.Text(), nullable=False),
    sa.Column('station_id', sa.Uuid(), nullable=True),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('trainer_id', sa.Uuid(), nullable=False),
    sa.Column('seats', sa.BigInteger(), nullable=False),
    sa.Column('taken', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('queued', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('offer_hours', sa.BigInteger(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('planned_by', sa.Uuid(), nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.CheckConstraint("state IN ('cancelled', 'finished', 'open', 'planned', 'running')", name=op.f('ck_course_session_state')),
    sa.CheckConstraint('offer_hours BETWEEN 1 AND 168', name=op.f('ck_course_session_offer_hours')),
    sa.CheckConstraint('seats BETWEEN 1 AND 1000 AND taken BETWEEN 0 AND seats', name=op.f('ck_course_session_seats')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_course_session_course_id')),
    sa.ForeignKeyConstraint(['planned_by'], ['account.id'], name=op.f('fk_course_session_planned_by')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_course_session_region_code')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_course_session_station_id')),
    sa.ForeignKeyConstraint(['trainer_id'], ['account.id'], name=op.f('fk_course_session_trainer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_session'))
    )
    op.create_index('ix_course_session_course', 'course_session', ['course_id', 'starts_at', 'id'], unique=False)
    op.create_index('ix_course_session_open', 'course_session', ['starts_at'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_course_session_starts', 'course_session', ['starts_at', 'id'], unique=False)
    op.create_table('course_meeting',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('starts', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('theory', 'practice')", name=op.f('ck_course_meeting_kind')),
    sa.CheckConstraint('ends > starts', name=op.f('ck_course_meeting_times')),
    sa.ForeignKeyConstraint(['session_id'], ['course_session.id'], name=op.f('fk_course_meeting_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_meeting')),
    sa.UniqueConstraint('session_id', 'number', name=op.f('uq_course_meeting_session_id_number'))
    )
    op.create_table('course_place',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('via', sa.Text(), nullable=False),
    sa.Column('consent', sa.Text(), nullable=True),
    sa.Column('enrolled_by', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('offer_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('serial', sa.Text(), nullable=True),
    sa.CheckConstraint("(state = 'offered') <= (offer_until IS NOT NULL)", name=op.f('ck_course_place_offer')),
    sa.CheckConstraint("(via = 'clerk') = (consent IS NOT NULL)", name=op.f('ck_course_place_consent')),
    sa.CheckConstraint("state IN ('called_off', 'declined', 'enrolled', 'failed', 'lapsed', 'left', 'offered', 'passed', 'waiting')", name=op.f('ck_course_place_state')),
    sa.CheckConstraint("via IN ('worker', 'firm', 'clerk')", name=op.f('ck_course_place_via')),
    sa.ForeignKeyConstraint(['enrolled_by'], ['account.id'], name=op.f('fk_course_place_enrolled_by')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_course_place_firm_id')),
    sa.ForeignKeyConstraint(['session_id'], ['course_session.id'], name=op.f('fk_course_place_session_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_course_place_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_place')),
    sa.UniqueConstraint('session_id', 'position', name=op.f('uq_course_place_session_id_position'))
    )
    op.create_index('ix_course_place_enrolled_by', 'course_place', ['enrolled_by', 'id'], unique=False)
    op.create_index('ix_course_place_firm', 'course_place', ['firm_id', 'id'], unique=False)
    op.create_index('ix_course_place_offers', 'course_place', ['offer_until'], unique=False, postgresql_where=sa.text("state = 'offered'"))
    op.create_index('ix_course_place_queue', 'course_place', ['session_id', 'position'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('ix_course_place_uncertified', 'course_place', ['id'], unique=False, postgresql_where=sa.text("state = 'passed' AND serial IS NULL"))
    op.create_index('ix_course_place_worker', 'course_place', ['worker_id', 'id'], unique=False)
    op.create_index('uq_course_place_worker', 'course_place', ['session_id', 'worker_id'], unique=True, postgresql_where=sa.text("state IN ('offered', 'enrolled', 'passed', 'failed', 'waiting')"))
    op.create_table('course_attendance',
    sa.Column('place_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('via', sa.Text(), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("via IN ('code', 'roll', 'make_up')", name=op.f('ck_course_attendance_via')),
    sa.ForeignKeyConstraint(['meeting_id'], ['course_meeting.id'], name=op.f('fk_course_attendance_meeting_id')),
    sa.ForeignKeyConstraint(['place_id'], ['course_place.id'], name=op.f('fk_course_attendance_place_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['account.id'], name=op.f('fk_course_attendance_recorded_by')),
    sa.PrimaryKeyConstraint('place_id', 'number', name=op.f('pk_course_attendance'))
    )
    op.create_index('ix_course_attendance_meeting', 'course_attendance', ['meeting_id'], unique=False)
    op.create_table('course_mark',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('place_id', sa.Uuid(), nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('attempt', sa.BigInteger(), nullable=False),
    sa.Column('points', sa.BigInteger(), nullable=False),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('assessor_id', sa.Uuid(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("part IN ('theory', 'practice')", name=op.f('ck_course_mark_part')),
    sa.CheckConstraint('points BETWEEN 0 AND 100 AND attempt >= 1', name=op.f('ck_course_mark_points')),
    sa.ForeignKeyConstraint(['assessor_id'], ['account.id'], name=op.f('fk_course_mark_assessor_id')),
    sa.ForeignKeyConstraint(['place_id'], ['course_place.id'], name=op.f('fk_course_mark_place_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_mark')),
    sa.UniqueConstraint('place_id', 'part', 'attempt', name=op.f('uq_course_mark_place_id_part_attempt'))
    )
    op.create_table('subsidy_claim',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('place_id', sa.Uuid(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('programme', sa.Text(), nullable=False),
    sa.Column('year', sa.BigInteger(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('evidence', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('claimed_by', sa.Uuid(), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('reference', sa.Text(), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'paid') = (reference IS NOT NULL)", name=op.f('ck_subsidy_claim_paid')),
    sa.CheckConstraint("(state = 'submitted') = (decided_by IS NULL)", name=op.f('ck_subsidy_claim_decided')),
    sa.CheckConstraint("state IN ('approved', 'paid', 'refused', 'submitted')", name=op.f('ck_subsidy_claim_state')),
    sa.CheckConstraint('decided_by <> claimed_by', name=op.f('ck_subsidy_claim_four_eyes')),
    sa.ForeignKeyConstraint(['claimed_by'], ['account.id'], name=op.f('fk_subsidy_claim_claimed_by')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_subsidy_claim_decided_by')),
    sa.ForeignKeyConstraint(['place_id'], ['course_place.id'], name=op.f('fk_subsidy_claim_place_id')),
    sa.ForeignKeyConstraint(['programme'], ['funding_programme.code'], name=op.f('fk_subsidy_claim_programme')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_subsidy_claim_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subsidy_claim'))
    )
    op.create_index('ix_subsidy_claim_claimed_by', 'subsidy_claim', ['claimed_by', 'id'], unique=False)
    op.create_index('ix_subsidy_claim_place', 'subsidy_claim', ['place_id'], unique=False)
    op.create_index('ix_subsidy_claim_state', 'subsidy_claim', ['state', 'id'], unique=False)
    op.create_index('uq_subsidy_claim_year', 'subsidy_claim', ['worker_id', 'programme', 'year'], unique=True, postgresql_where=sa.text("state <> 'refused'"))
    occupation = sa.table("occupation", sa.column("code"), sa.column("name"), sa.column("name_en"),
                          sa.column("levels", postgresql.ARRAY(sa.BigInteger())), sa.column("position"))
    op.bulk_insert(occupation, [{"code": code, "name": name, "name_en": name_en, "levels": [], "position": 20 + place}
                                for place, (code, name, name_en) in enumerate(SKILLS)])
    programme = sa.table("funding_programme", *(sa.column(name) for name in (
        "code", "name", "name_en", "amount_fen", "source", "valid_from")))
    op.bulk_insert(programme, [{"code": code, "name": name, "name_en": name_en, "amount_fen": amount,
                                "source": "示例标准", "valid_from": "2020-01-01"}
                               for code, name, name_en, amount in PROGRAMMES])
    op.execute("CALL make_append_only('course_attendance')")
    op.execute("CALL make_append_only('course_mark')")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("subsidy_claim")
    op.drop_table("course_mark")
    op.drop_table("course_attendance")
    op.drop_table("course_place")
    op.drop_table("course_meeting")
    op.drop_table("course_session")
    op.drop_table("course")
    op.drop_table("funding_programme")
    op.execute("DELETE FROM occupation WHERE position >= 20")
