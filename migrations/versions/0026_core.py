"""core: rows of append-only tables may be referred to by a role that is no superuser.

A foreign key's check locks the row it points to FOR KEY SHARE, for which PostgreSQL asks the table's owner for the right
to UPDATE. The trigger refuses every UPDATE; the right itself stays with the owner.
"""

from alembic import op

revision = "0026"
down_revision = "0025"

PROCEDURE = """
    CREATE OR REPLACE PROCEDURE make_append_only(name regclass) LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s'
                       ' FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
        EXECUTE format('REVOKE {rights} ON %s FROM PUBLIC, CURRENT_USER', name);
    END $$
"""
RIGHT = """
    DO $$ DECLARE name regclass; BEGIN
        FOR name IN SELECT tgrelid::regclass FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
                    WHERE tgname = 'append_only' AND c.relnamespace = current_schema()::regnamespace
        LOOP EXECUTE format('{change} UPDATE ON %s {whom} CURRENT_USER', name); END LOOP;
    END $$
"""


def upgrade() -> None:
    """Give the owner back the right a foreign key's check needs."""
    op.execute(PROCEDURE.format(rights="DELETE, TRUNCATE"))
    op.execute(RIGHT.format(change="GRANT", whom="TO"))


def downgrade() -> None:
    """Take it away again."""
    op.execute(PROCEDURE.format(rights="UPDATE, DELETE, TRUNCATE"))
    op.execute(RIGHT.format(change="REVOKE", whom="FROM"))
