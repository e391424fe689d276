"""core: its tables."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create what core keeps, and the job queue in a schema of its own beside the city's."""
    _queue()
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$
    """)
    op.execute("""
        CREATE PROCEDURE make_append_only(name regclass) LANGUAGE plpgsql AS $$
        BEGIN
            EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s'
                           ' FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
            EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s'
                           ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM PUBLIC, CURRENT_USER', name);
        END $$
    """)
    op.create_table('demo_clock',
    sa.Column('single', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('ahead_seconds', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('single', name=op.f('ck_demo_clock_one_row')),
    sa.PrimaryKeyConstraint('single', name=op.f('pk_demo_clock'))
    )
    op.create_table('idempotency_record',
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('request_hash', sa.LargeBinary(), nullable=False),
    sa.Column('status', sa.BigInteger(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('headers', sa.JSON(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('actor', 'key', name=op.f('pk_idempotency_record'))
    )
    op.create_index(op.f('ix_idempotency_record_created_at'), 'idempotency_record', ['created_at'], unique=False)
    op.create_table('throttle',
    sa.Column('bucket', sa.LargeBinary(), nullable=False),
    sa.Column('window_start', sa.DateTime(timezone=True), nullable=False),
    sa.Column('hits', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('bucket', 'window_start', name=op.f('pk_throttle'))
    )


def _queue() -> None:
    """procrastinate's tables in ``<city>_jobs``, put last on the role's search path."""
    bind = op.get_bind()
    city = bind.exec_driver_sql("SELECT current_schema()").scalar_one()
    path = bind.exec_driver_sql("SELECT current_setting('search_path')").scalar_one()
    queue = bind.dialect.identifier_preparer.quote(f"{city}_jobs")
    bind.exec_driver_sql(f"CREATE SCHEMA {queue}")
    bind.exec_driver_sql(f"SET LOCAL search_path = {queue}")
    bind.connection.driver_connection.execute(SchemaManager.get_schema())
    if f"{city}_jobs" not in path:
        path = f"{path}, {queue}"
        bind.exec_driver_sql(f"ALTER ROLE CURRENT_USER SET search_path = {path}")
    bind.exec_driver_sql(f"SET search_path = {path}")


def downgrade() -> None:
    """Drop it."""
    city = op.get_bind().exec_driver_sql("SELECT current_schema()").scalar_one()
    op.execute(f'DROP SCHEMA "{city}_jobs" CASCADE')
    op.drop_table('throttle')
    op.drop_index(op.f('ix_idempotency_record_created_at'), table_name='idempotency_record')
    op.drop_table('idempotency_record')
    op.drop_table('demo_clock')
    op.execute("DROP PROCEDURE make_append_only(regclass)")
    op.execute("DROP FUNCTION refuse_change()")
