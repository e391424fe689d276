"""Runs the migrations in one transaction, on a connection that no pooler shares out."""

import sqlalchemy as sa
from alembic import context
from flask import current_app

from qiaojiejie.core.db import Model, engine_url

target = Model.metadata


def run_migrations_online() -> None:
    """Migrate; a failing step leaves the database as it was."""
    engine = sa.create_engine(engine_url(current_app.config["QJJ"].direct_url), poolclass=sa.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=target, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
