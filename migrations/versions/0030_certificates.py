"""certificates: accredited bodies, their keys, the certificates they sign."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Create what certificates keeps."""
    op.create_table('awarding_body',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('occupations', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Uuid(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('public_url', sa.Text(), nullable=False),
    sa.Column('next_index', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name=op.f('ck_awarding_body_decided')),
    sa.CheckConstraint("slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'", name=op.f('ck_awarding_body_slug')),
    sa.CheckConstraint("state IN ('accredited', 'declined', 'proposed', 'suspended')", name=op.f('ck_awarding_body_state')),
    sa.CheckConstraint('decided_by <> proposed_by', name=op.f('ck_awarding_body_four_eyes')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_awarding_body_decided_by')),
    sa.ForeignKeyConstraint(['proposed_by'], ['account.id'], name=op.f('fk_awarding_body_proposed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_awarding_body')),
    sa.UniqueConstraint('slug', name=op.f('uq_awarding_body_slug'))
    )
    op.create_table('body_key',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('body_id', sa.Uuid(), nullable=False),
    sa.Column('kid', sa.Text(), nullable=False),
    sa.Column('public', sa.LargeBinary(), nullable=False),
    sa.Column('seed', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('compromised_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('compromised_at IS NULL OR retired_at IS NOT NULL', name=op.f('ck_body_key_compromised')),
    sa.CheckConstraint('octet_length(public) = 32', name=op.f('ck_body_key_public')),
    sa.ForeignKeyConstraint(['body_id'], ['awarding_body.id'], name=op.f('fk_body_key_body_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_body_key')),
    sa.UniqueConstraint('kid', name=op.f('uq_body_key_kid'))
    )
    op.create_index('ix_body_key_body', 'body_key', ['body_id', 'id'], unique=False)
    op.create_index('uq_body_key_signing', 'body_key', ['body_id'], unique=True, postgresql_where=sa.text('retired_at IS NULL'))
    op.create_table('certificate',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('serial', sa.Text(), nullable=False),
    sa.Column('body_id', sa.Uuid(), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('key_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('occupation', sa.Text(), nullable=False),
    sa.Column('level', sa.BigInteger(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('hours', sa.BigInteger(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('assessed_by', sa.Uuid(), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('status_index', sa.BigInteger(), nullable=False),
    sa.Column('nonce', sa.LargeBinary(), nullable=False),
    sa.Column('credential', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL) AND (state = 'revoked') = (reason IS NOT NULL) AND (state = 'revoked') = (revoked_by IS NOT NULL)", name=op.f('ck_certificate_revoked')),
    sa.CheckConstraint("reason IN ('error', 'fraud', 'conduct', 'superseded')", name=op.f('ck_certificate_reason')),
    sa.CheckConstraint("state IN ('issued', 'revoked')", name=op.f('ck_certificate_state')),
    sa.CheckConstraint('valid_until > issued_on', name=op.f('ck_certificate_validity')),
    sa.ForeignKeyConstraint(['assessed_by'], ['account.id'], name=op.f('fk_certificate_assessed_by')),
    sa.ForeignKeyConstraint(['body_id'], ['awarding_body.id'], name=op.f('fk_certificate_body_id')),
    sa.ForeignKeyConstraint(['document_id'], ['worker_document.id'], name=op.f('fk_certificate_document_id')),
    sa.ForeignKeyConstraint(['key_id'], ['body_key.id'], name=op.f('fk_certificate_key_id')),
    sa.ForeignKeyConstraint(['occupation'], ['occupation.code'], name=op.f('fk_certificate_occupation')),
    sa.ForeignKeyConstraint(['revoked_by'], ['account.id'], name=op.f('fk_certificate_revoked_by')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_certificate_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('body_id', 'status_index', name=op.f('uq_certificate_body_id_status_index')),
    sa.UniqueConstraint('document_id', name=op.f('uq_certificate_document_id')),
    sa.UniqueConstraint('ref', name=op.f('uq_certificate_ref')),
    sa.UniqueConstraint('serial', name=op.f('uq_certificate_serial'))
    )
    op.create_index('ix_certificate_key', 'certificate', ['key_id', 'id'], unique=False)
    op.create_index('ix_certificate_revoked', 'certificate', ['body_id', 'status_index'], unique=False, postgresql_where=sa.text("state = 'revoked'"))
    op.create_index('ix_certificate_worker', 'certificate', ['worker_id', 'id'], unique=False)
    op.add_column('worker_document', sa.Column('serial', sa.Text(), nullable=True))
    op.create_unique_constraint(op.f('uq_worker_document_serial'), 'worker_document', ['serial'])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("certificate")
    op.drop_table("body_key")
    op.drop_table("awarding_body")
    op.drop_column("worker_document", "serial")
