"""Runs the migrations on the app's own engine, in one transaction."""

from alembic import context
from flask import current_app

from qiaojiejie.core.db import Model

target = Model.metadata


def run_migrations_online() -> None:
    """Migrate; a failing step leaves the database as it was."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=target, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
