"""Runs the migrations of the city we are in, in one transaction, on a connection that no pooler shares out.

One that waits for a lock makes all who come after it wait too: it gives way soon, undone, and is tried again.
"""

import time

import sqlalchemy as sa
from alembic import context
from flask import current_app
from sqlalchemy.exc import OperationalError

from qiaojiejie.core import cities
from qiaojiejie.core.db import Model, engine_url

target = Model.metadata
#: how often it is tried, and how long others are let through before the next time
TRIES, PAUSE = 30, 2.0


def run_migrations_online() -> None:
    """Migrate; a failing step leaves the database as it was."""
    for left in reversed(range(TRIES)):
        try:
            return migrate()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != "55P03" or not left:
                raise
        time.sleep(PAUSE)


def migrate() -> None:
    """Once, waiting for no lock longer than ``-x lock_timeout=…`` says."""
    city = cities.here()
    engine = sa.create_engine(engine_url(current_app.config["QJJ"].direct_url), poolclass=sa.NullPool,
                              connect_args={"options": city.options} if city else {})
    with engine.connect() as connection:
        wait = context.get_x_argument(as_dictionary=True).get("lock_timeout", "3s")
        connection.exec_driver_sql("SELECT set_config('lock_timeout', %s, false)", (wait,))
        connection.commit()
        context.configure(connection=connection, target_metadata=target, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
