"""Runs the migrations on the engine of the city we are in, in one transaction."""

from alembic import context

from qiaojiejie.core.db import Model, engine

target = Model.metadata


def run_migrations_online() -> None:
    """Migrate; a failing step leaves the database as it was."""
    with engine().connect() as connection:
        context.configure(connection=connection, target_metadata=target, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
