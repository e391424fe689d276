"""transparency: its tables, and the trigger that hands every ledger entry to the sequencer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

APPEND_ONLY = ("log_leaf", "log_node", "log_checkpoint", "log_cosignature", "log_alarm")


def upgrade() -> None:
    """Create what transparency keeps; whatever the ledger holds already waits to be taken up."""
    _tree()
    _heads()
    for table in APPEND_ONLY:
        op.execute(f"CALL make_append_only('{table}')")
    op.execute("""
        CREATE FUNCTION log_take_up() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        BEGIN INSERT INTO log_pending (entry_id) SELECT id FROM fresh; RETURN NULL; END $$
    """)
    op.execute("""
        CREATE TRIGGER log_take_up AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS fresh
        FOR EACH STATEMENT EXECUTE FUNCTION log_take_up()
    """)
    op.execute("INSERT INTO log_pending (entry_id) SELECT id FROM ledger_entry")


def _tree() -> None:
    op.create_table('log_pending',
    sa.Column('entry_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_log_pending'))
    )
    op.create_table('log_leaf',
    sa.Column('index', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('entry_id', sa.BigInteger(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('n', sa.BigInteger(), nullable=True),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('index', name=op.f('pk_log_leaf')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_log_leaf_entry_id')),
    sa.UniqueConstraint('subject', 'n', name=op.f('uq_log_leaf_subject_n'))
    )
    op.create_table('log_opening',
    sa.Column('index', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('payload', postgresql.JSONB(), nullable=False),
    sa.PrimaryKeyConstraint('index', name=op.f('pk_log_opening'))
    )
    op.create_table('log_node',
    sa.Column('level', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('index', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('level', 'index', name=op.f('pk_log_node'))
    )


def _heads() -> None:
    op.create_table('log_checkpoint',
    sa.Column('size', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('root', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('size', name=op.f('pk_log_checkpoint'))
    )
    op.create_table('log_cosignature',
    sa.Column('size', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('witness', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('size', 'witness', 'at', name=op.f('pk_log_cosignature'))
    )
    op.create_index('ix_log_cosignature_at', 'log_cosignature', ['at', 'size'], unique=False)
    op.create_table('witness_state',
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('root', sa.LargeBinary(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('origin', name=op.f('pk_witness_state'))
    )
    op.create_table('log_alarm',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('first', sa.Text(), nullable=False),
    sa.Column('second', sa.Text(), nullable=False),
    sa.Column('proof', postgresql.JSONB(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_log_alarm')),
    sa.UniqueConstraint('digest', name=op.f('uq_log_alarm_digest'))
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TRIGGER log_take_up ON ledger_entry")
    op.execute("DROP FUNCTION log_take_up()")
    for table in (*APPEND_ONLY, "log_pending", "log_opening", "witness_state"):
        op.drop_table(table)
