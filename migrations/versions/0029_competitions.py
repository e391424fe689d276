"""competitions: its tables; the sheets that nobody changes once they are sealed; the honours on a worker's card."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"

_JUDGED_NOW = """
    CREATE FUNCTION refuse_unless_judging() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        row_ competition_sheet := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        state_ text;
    BEGIN
        SELECT state INTO state_ FROM competition WHERE id = row_.competition_id FOR SHARE;
        IF state_ <> 'judging' THEN
            RAISE EXCEPTION 'the sheets of a competition that is % do not change', state_;
        END IF;
        IF TG_OP = 'UPDATE' AND (NEW.competition_id, NEW.entrant_id, NEW.judge_id, NEW.part)
                IS DISTINCT FROM (OLD.competition_id, OLD.entrant_id, OLD.judge_id, OLD.part) THEN
            RAISE EXCEPTION 'a sheet stays one judge''s about one entrant';
        END IF;
        RETURN row_;
    END $$"""


def upgrade() -> None:
    """Create what competitions keeps."""
    op.create_table('competition',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('edition', sa.BigInteger(), nullable=False),
    sa.Column('year', sa.BigInteger(), nullable=False),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('region_code', sa.Text(), nullable=True),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('organiser', sa.Text(), nullable=False),
    sa.Column('entries_from', sa.Date(), nullable=False),
    sa.Column('entries_until', sa.Date(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('admission', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('scoring', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('titles', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('objection_days', sa.BigInteger(), nullable=False),
    sa.Column('draw_seed', sa.LargeBinary(), nullable=True),
    sa.Column('draw_commitment', sa.Text(), nullable=True),
    sa.Column('drafted_by', sa.Uuid(), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('raw_sha256', sa.Text(), nullable=True),
    sa.Column('missing', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
    sa.Column('missing_because', sa.Text(), nullable=True),
    sa.Column('published_by', sa.Uuid(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('objection_until', sa.Date(), nullable=True),
    sa.Column('finalised_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_because', sa.Text(), nullable=True),
    sa.CheckConstraint("(state = 'cancelled') = (cancelled_because IS NOT NULL)", name=op.f('ck_competition_cancelled')),
    sa.CheckConstraint("NOT state IN ('provisional', 'final') OR (published_by IS NOT NULL AND objection_until IS NOT NULL)", name=op.f('ck_competition_published')),
    sa.CheckConstraint("encode(sha256(draw_seed), 'hex') = draw_commitment", name=op.f('ck_competition_commitment')),
    sa.CheckConstraint("level <> 'city' OR (parent_id IS NULL AND region_code IS NULL)", name=op.f('ck_competition_city')),
    sa.CheckConstraint("level IN ('county', 'city')", name=op.f('ck_competition_level')),
    sa.CheckConstraint("state IN ('cancelled', 'draft', 'entries_closed', 'entries_open', 'final', 'judging', 'provisional', 'sealed')", name=op.f('ck_competition_state')),
    sa.CheckConstraint("state IN ('draft', 'cancelled') OR draw_seed IS NOT NULL", name=op.f('ck_competition_drawn')),
    sa.CheckConstraint("state NOT IN ('sealed', 'provisional', 'final') OR (raw_sha256 IS NOT NULL AND sealed_at IS NOT NULL)", name=op.f('ck_competition_sealed')),
    sa.CheckConstraint('entries_from <= entries_until AND entries_until < held_on', name=op.f('ck_competition_days')),
    sa.ForeignKeyConstraint(['drafted_by'], ['account.id'], name=op.f('fk_competition_drafted_by')),
    sa.ForeignKeyConstraint(['parent_id'], ['competition.id'], name=op.f('fk_competition_parent_id')),
    sa.ForeignKeyConstraint(['published_by'], ['account.id'], name=op.f('fk_competition_published_by')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_competition_region_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_competition'))
    )
    op.create_index('ix_competition_closing', 'competition', ['entries_until'], unique=False, postgresql_where=sa.text("state = 'entries_open'"))
    op.create_index('ix_competition_finishing', 'competition', ['objection_until'], unique=False, postgresql_where=sa.text("state = 'provisional'"))
    op.create_index('ix_competition_parent', 'competition', ['parent_id'], unique=False)
    op.create_index('ix_competition_year', 'competition', ['year', 'id'], unique=False)
    op.create_table('competition_event',
    sa.Column('competition_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('theory_max', sa.BigInteger(), nullable=False),
    sa.Column('criteria', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('gold', sa.BigInteger(), nullable=False),
    sa.Column('silver', sa.BigInteger(), nullable=False),
    sa.Column('bronze', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('theory_max > 0 AND gold >= 0 AND silver >= 0 AND bronze >= 0', name=op.f('ck_competition_event_numbers')),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_competition_event_competition_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('competition_id', 'code', name=op.f('pk_competition_event'))
    )
    op.create_table('competition_judge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('competition_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(), nullable=True),
    sa.Column('appointed_by', sa.Uuid(), nullable=False),
    sa.Column('appointed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('dismissed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('judge', 'chief', 'examiner')", name=op.f('ck_competition_judge_kind')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_competition_judge_account_id')),
    sa.ForeignKeyConstraint(['appointed_by'], ['account.id'], name=op.f('fk_competition_judge_appointed_by')),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_competition_judge_competition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_competition_judge'))
    )
    op.create_index('ix_competition_judge_account', 'competition_judge', ['account_id', 'id'], unique=False)
    op.create_index('uq_competition_judge_account', 'competition_judge', ['competition_id', 'account_id'], unique=True, postgresql_where=sa.text('dismissed_at IS NULL'))
    op.create_index('uq_competition_judge_seat', 'competition_judge', ['competition_id', 'kind'], unique=True, postgresql_where=sa.text("dismissed_at IS NULL AND kind <> 'judge'"))
    op.create_table('competition_entrant',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('competition_id', sa.Uuid(), nullable=False),
    sa.Column('event', sa.Text(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=True),
    sa.Column('via', sa.Text(), nullable=False),
    sa.Column('entered_by', sa.Uuid(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rank', sa.BigInteger(), nullable=True),
    sa.Column('medal', sa.Text(), nullable=True),
    sa.CheckConstraint("number IS NULL OR state = 'entered'", name=op.f('ck_competition_entrant_number')),
    sa.CheckConstraint("state IN ('entered', 'withdrawn')", name=op.f('ck_competition_entrant_state')),
    sa.CheckConstraint("via IN ('worker', 'firm', 'station')", name=op.f('ck_competition_entrant_via')),
    sa.CheckConstraint('rank >= 1 AND (medal IS NULL OR rank IS NOT NULL)', name=op.f('ck_competition_entrant_rank')),
    sa.ForeignKeyConstraint(['competition_id', 'event'], ['competition_event.competition_id', 'competition_event.code'], name='fk_competition_entrant_event'),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_competition_entrant_competition_id')),
    sa.ForeignKeyConstraint(['entered_by'], ['account.id'], name=op.f('fk_competition_entrant_entered_by')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_competition_entrant_firm_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_competition_entrant_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_competition_entrant'))
    )
    op.create_index('ix_competition_entrant_firm', 'competition_entrant', ['competition_id', 'firm_id'], unique=False)
    op.create_index('ix_competition_entrant_worker', 'competition_entrant', ['worker_id', 'id'], unique=False)
    op.create_index('uq_competition_entrant_number', 'competition_entrant', ['competition_id', 'event', 'number'], unique=True)
    op.create_index('uq_competition_entrant_worker', 'competition_entrant', ['competition_id', 'worker_id'], unique=True, postgresql_where=sa.text("state = 'entered'"))
    op.create_table('competition_honour',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('competition_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('event', sa.Text(), nullable=True),
    sa.Column('worker_id', sa.Uuid(), nullable=True),
    sa.Column('firm_id', sa.Uuid(), nullable=True),
    sa.Column('head_name', sa.LargeBinary(), nullable=True),
    sa.Column('named_on', sa.Date(), nullable=False),
    sa.Column('document_no', sa.Text(), nullable=True),
    sa.Column('document_media_id', sa.Uuid(), nullable=True),
    sa.Column('named_by', sa.Uuid(), nullable=True),
    sa.Column('revoked_because', sa.Text(), nullable=True),
    sa.Column('revoked_by', sa.Uuid(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(kind = 'title') = (document_media_id IS NOT NULL) AND (kind = 'title') = (document_no IS NOT NULL) AND (kind = 'title') = (named_by IS NOT NULL)", name=op.f('ck_competition_honour_document')),
    sa.CheckConstraint("(state = 'revoked') = (revoked_by IS NOT NULL) AND (state = 'revoked') = (revoked_because IS NOT NULL) AND revoked_by <> named_by", name=op.f('ck_competition_honour_revoked')),
    sa.CheckConstraint("kind IN ('medal', 'title')", name=op.f('ck_competition_honour_kind')),
    sa.CheckConstraint("state IN ('revoked', 'standing')", name=op.f('ck_competition_honour_state')),
    sa.CheckConstraint('num_nonnulls(worker_id, head_name) = 1 AND (worker_id IS NOT NULL OR firm_id IS NOT NULL)', name=op.f('ck_competition_honour_whom')),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_competition_honour_competition_id')),
    sa.ForeignKeyConstraint(['document_media_id'], ['media.id'], name=op.f('fk_competition_honour_document_media_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_competition_honour_firm_id')),
    sa.ForeignKeyConstraint(['named_by'], ['account.id'], name=op.f('fk_competition_honour_named_by')),
    sa.ForeignKeyConstraint(['revoked_by'], ['account.id'], name=op.f('fk_competition_honour_revoked_by')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_competition_honour_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_competition_honour'))
    )
    op.create_index('ix_competition_honour_worker', 'competition_honour', ['worker_id', 'named_on'], unique=False)
    op.create_index('uq_competition_honour_head', 'competition_honour', ['competition_id', 'code', 'firm_id'], unique=True, postgresql_where=sa.text("state = 'standing' AND worker_id IS NULL"))
    op.create_index('uq_competition_honour_worker', 'competition_honour', ['competition_id', 'kind', 'code', 'worker_id'], unique=True, postgresql_where=sa.text("state = 'standing' AND worker_id IS NOT NULL"))
    op.create_table('competition_objection',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('competition_id', sa.Uuid(), nullable=False),
    sa.Column('entrant_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('ground', sa.Text(), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("ground IN ('mark_wrong', 'count_wrong', 'procedure', 'conflict')", name=op.f('ck_competition_objection_ground')),
    sa.CheckConstraint("state IN ('dismissed', 'submitted', 'upheld', 'withdrawn')", name=op.f('ck_competition_objection_state')),
    sa.CheckConstraint("state NOT IN ('upheld', 'dismissed') OR (decided_by IS NOT NULL AND decided_by <> account_id)", name=op.f('ck_competition_objection_decided')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_competition_objection_account_id')),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_competition_objection_competition_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_competition_objection_decided_by')),
    sa.ForeignKeyConstraint(['entrant_id'], ['competition_entrant.id'], name=op.f('fk_competition_objection_entrant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_competition_objection'))
    )
    op.create_index('ix_competition_objection_competition', 'competition_objection', ['competition_id', 'id'], unique=False)
    op.create_index('uq_competition_objection_open', 'competition_objection', ['entrant_id'], unique=True, postgresql_where=sa.text("state = 'submitted'"))
    op.create_table('competition_sheet',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('competition_id', sa.Uuid(), nullable=False),
    sa.Column('entrant_id', sa.Uuid(), nullable=False),
    sa.Column('judge_id', sa.Uuid(), nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('marks', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('marked_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("part IN ('theory', 'practice')", name=op.f('ck_competition_sheet_part')),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_competition_sheet_competition_id')),
    sa.ForeignKeyConstraint(['entrant_id'], ['competition_entrant.id'], name=op.f('fk_competition_sheet_entrant_id')),
    sa.ForeignKeyConstraint(['judge_id'], ['competition_judge.id'], name=op.f('fk_competition_sheet_judge_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_competition_sheet'))
    )
    op.create_index('ix_competition_sheet_competition', 'competition_sheet', ['competition_id', 'judge_id'], unique=False)
    op.create_index('uq_competition_sheet_practice', 'competition_sheet', ['entrant_id', 'judge_id'], unique=True, postgresql_where=sa.text("part = 'practice'"))
    op.create_index('uq_competition_sheet_theory', 'competition_sheet', ['entrant_id'], unique=True, postgresql_where=sa.text("part = 'theory'"))
    op.create_table('competition_correction',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('competition_id', sa.Uuid(), nullable=False),
    sa.Column('sheet_id', sa.Uuid(), nullable=False),
    sa.Column('objection_id', sa.Uuid(), nullable=False),
    sa.Column('criterion', sa.Text(), nullable=False),
    sa.Column('points_before', sa.BigInteger(), nullable=False),
    sa.Column('points', sa.BigInteger(), nullable=False),
    sa.Column('corrected_by', sa.Uuid(), nullable=False),
    sa.Column('corrected_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('points <> points_before AND points >= 0', name=op.f('ck_competition_correction_differs')),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_competition_correction_competition_id')),
    sa.ForeignKeyConstraint(['corrected_by'], ['account.id'], name=op.f('fk_competition_correction_corrected_by')),
    sa.ForeignKeyConstraint(['objection_id'], ['competition_objection.id'], name=op.f('fk_competition_correction_objection_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['competition_sheet.id'], name=op.f('fk_competition_correction_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_competition_correction'))
    )
    op.create_index('ix_competition_correction_competition', 'competition_correction', ['competition_id', 'id'], unique=False)
    op.create_table('competition_result',
    sa.Column('competition_id', sa.Uuid(), nullable=False),
    sa.Column('edition', sa.BigInteger(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('objection_id', sa.Uuid(), nullable=True),
    sa.Column('published_by', sa.Uuid(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("encode(sha256(convert_to(body, 'UTF8')), 'hex') = sha256", name=op.f('ck_competition_result_sha256')),
    sa.CheckConstraint('edition >= 1 AND (edition = 1) = (objection_id IS NULL)', name=op.f('ck_competition_result_edition')),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_competition_result_competition_id')),
    sa.ForeignKeyConstraint(['objection_id'], ['competition_objection.id'], name=op.f('fk_competition_result_objection_id')),
    sa.ForeignKeyConstraint(['published_by'], ['account.id'], name=op.f('fk_competition_result_published_by')),
    sa.PrimaryKeyConstraint('competition_id', 'edition', name=op.f('pk_competition_result'))
    )
    op.add_column("worker", sa.Column("honours", postgresql.JSONB(astext_type=sa.Text()),
                                      server_default=sa.text("'[]'"), nullable=False))
    op.execute(_JUDGED_NOW)
    op.execute("CREATE TRIGGER judged_now BEFORE INSERT OR UPDATE OR DELETE ON competition_sheet"
               " FOR EACH ROW EXECUTE FUNCTION refuse_unless_judging()")
    op.execute("CREATE TRIGGER no_truncate BEFORE TRUNCATE ON competition_sheet"
               " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
    for table in ("competition_correction", "competition_result"):
        op.execute(f"CALL make_append_only('{table}')")


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("worker", "honours")
    op.drop_table('competition_result')
    op.drop_table('competition_correction')
    op.drop_table('competition_sheet')
    op.drop_table('competition_objection')
    op.drop_table('competition_honour')
    op.drop_table('competition_entrant')
    op.drop_table('competition_judge')
    op.drop_table('competition_event')
    op.drop_table('competition')
    op.execute("DROP FUNCTION refuse_unless_judging()")
