"""calendars: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

#: the first start at or after a moment, on a half hour, where so many half hours are free (over midnight too); null
#: when there is none in the 60 days from that moment's day. Days are laid end to end as text, 48 characters each, and
#: only as many as needed are read: ``tail`` is the end of the days before, too short to hold the visit by itself.
NEXT_FREE = """
    CREATE FUNCTION next_free(worker bigint, since timestamptz, half_hours integer) RETURNS timestamptz
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
    DECLARE
        wall timestamp := since AT TIME ZONE 'Asia/Shanghai';
        wanted text := repeat('0', half_hours);
        past integer := ceil(extract(epoch FROM wall - date_trunc('day', wall)) / 1800);
        tail text := '';
        expected date := wall::date;
        line text;
        found integer;
        kept record;
    BEGIN
        FOR kept IN SELECT day, bits FROM worker_day
                    WHERE worker_no = worker AND day BETWEEN wall::date AND wall::date + 59 ORDER BY day LOOP
            IF kept.day <> expected THEN tail := ''; END IF;
            line := kept.bits::bit(48)::text;
            IF kept.day = wall::date THEN line := overlay(line PLACING repeat('1', past) FROM 1 FOR past); END IF;
            found := position(wanted IN tail || line);
            IF found > 0 THEN
                RETURN (kept.day + (found - 1 - length(tail)) * interval '30 minutes') AT TIME ZONE 'Asia/Shanghai';
            END IF;
            tail := right(tail || line, half_hours - 1);
            expected := kept.day + 1;
        END LOOP;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    """Create what calendars keeps."""
    op.create_table('weekly_hours',
    sa.Column('worker_no', sa.BigInteger(), nullable=False),
    sa.Column('weekday', sa.BigInteger(), nullable=False),
    sa.Column('starts', sa.BigInteger(), nullable=False),
    sa.Column('ends', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('0 <= starts AND starts < ends AND ends <= 1440', name=op.f('ck_weekly_hours_order')),
    sa.CheckConstraint('starts % 30 = 0 AND ends % 30 = 0', name=op.f('ck_weekly_hours_half_hours')),
    sa.CheckConstraint('weekday BETWEEN 1 AND 7', name=op.f('ck_weekly_hours_weekday')),
    sa.ForeignKeyConstraint(['worker_no'], ['worker.no'], name=op.f('fk_weekly_hours_worker_no'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('worker_no', 'weekday', 'starts', name=op.f('pk_weekly_hours'))
    )
    op.create_table('worker_day',
    sa.Column('worker_no', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('bits', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['worker_no'], ['worker.no'], name=op.f('fk_worker_day_worker_no'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('worker_no', 'day', name=op.f('pk_worker_day')),
    postgresql_with={'fillfactor': 70}
    )
    op.create_table('worker_interval',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('worker_no', sa.BigInteger(), nullable=False),
    sa.Column('during', postgresql.TSTZRANGE(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    postgresql.ExcludeConstraint((sa.text("int8range(worker_no, worker_no, '[]')"), '='), (sa.column('during'), '&&'), using='gist', name='no_overlap'),
    sa.CheckConstraint("kind IN ('engaged', 'leave')", name=op.f('ck_worker_interval_kind')),
    sa.CheckConstraint('NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)', name=op.f('ck_worker_interval_during')),
    sa.ForeignKeyConstraint(['worker_no'], ['worker.no'], name=op.f('fk_worker_interval_worker_no'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_worker_interval'))
    )
    op.create_index('ix_worker_interval_ref', 'worker_interval', ['ref'], unique=True)
    op.create_index('ix_worker_interval_worker', 'worker_interval', ['worker_no', sa.literal_column('upper(during)')], unique=False)
    op.create_table('calendar_check',
    sa.Column('single', sa.Boolean(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('checked_to', sa.BigInteger(), nullable=False),
    sa.Column('complete', sa.Boolean(), nullable=False),
    sa.CheckConstraint('single', name=op.f('ck_calendar_check_one_row')),
    sa.PrimaryKeyConstraint('single', name=op.f('pk_calendar_check'))
    )
    op.execute(NEXT_FREE)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP FUNCTION next_free(bigint, timestamptz, integer)")
    op.drop_table('calendar_check')
    op.drop_index('ix_worker_interval_worker', table_name='worker_interval')
    op.drop_index('ix_worker_interval_ref', table_name='worker_interval')
    op.drop_table('worker_interval')
    op.drop_table('worker_day')
    op.drop_table('weekly_hours')
