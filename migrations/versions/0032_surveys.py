"""surveys: questionnaires, their samples, invitations and answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Create what surveys keeps."""
    op.create_table('survey',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('year', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('audience', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('questions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('strata', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('frame_from', sa.Date(), nullable=True),
    sa.Column('frame_until', sa.Date(), nullable=True),
    sa.Column('sample', sa.BigInteger(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('seed', sa.LargeBinary(), nullable=False),
    sa.Column('commitment', sa.Text(), nullable=False),
    sa.Column('drafted_by', sa.Uuid(), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminders', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(audience = 'families') = (frame_from IS NOT NULL AND frame_until IS NOT NULL)", name=op.f('ck_survey_frame')),
    sa.CheckConstraint("audience IN ('families', 'firms', 'handed')", name=op.f('ck_survey_audience')),
    sa.CheckConstraint("state IN ('closed', 'draft', 'dropped', 'open')", name=op.f('ck_survey_state')),
    sa.ForeignKeyConstraint(['drafted_by'], ['account.id'], name=op.f('fk_survey_drafted_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey'))
    )
    op.create_index('ix_survey_open', 'survey', ['closes_on'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_survey_year', 'survey', ['year', 'id'], unique=False)
    op.create_index('uq_survey_year', 'survey', ['code', 'year'], unique=True, postgresql_where=sa.text("state <> 'dropped'"))
    op.create_table('survey_answer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('survey_id', sa.Uuid(), nullable=False),
    sa.Column('stratum', sa.Text(), nullable=False),
    sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_survey_answer_survey_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_answer'))
    )
    op.create_index('ix_survey_answer_survey', 'survey_answer', ['survey_id', 'id'], unique=False)
    op.create_table('survey_invitation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('survey_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('stratum', sa.Text(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=True),
    sa.Column('register_id', sa.Uuid(), nullable=True),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('answered', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint('household_id IS NULL OR register_id IS NULL', name=op.f('ck_survey_invitation_whom')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_survey_invitation_household_id')),
    sa.ForeignKeyConstraint(['register_id'], ['register_entry.id'], name=op.f('fk_survey_invitation_register_id')),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_survey_invitation_survey_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_invitation')),
    sa.UniqueConstraint('survey_id', 'number', name=op.f('uq_survey_invitation_survey_id_number')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_survey_invitation_token_hash'))
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("survey_answer")
    op.drop_table("survey_invitation")
    op.drop_table("survey")
