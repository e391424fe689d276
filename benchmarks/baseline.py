"""What the real app is measured against: a bare Flask view that runs the same SQL with psycopg and returns its text.

Serve it like the app itself: ``granian --interface wsgi baseline:app``; ``search.py`` says in QJJ_BENCH what to run.
"""

import json
import os
import threading

import psycopg
import sqlalchemy as sa
from flask import Flask, Response
from sqlalchemy.dialects.postgresql import psycopg as dialect

from qiaojiejie.search.queries import Shape, statement

TASK = json.loads(os.environ["QJJ_BENCH"])
SQL = str(sa.text(statement(Shape(**TASK["shape"]))).compile(dialect=dialect.dialect()))

app = Flask("baseline")
local = threading.local()


def connection() -> psycopg.Connection:
    """One autocommit connection a thread; psycopg prepares the statement by itself."""
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    return local.connection


@app.get("/workers")
def workers() -> Response:
    """The page's text."""
    items, _, _, _ = connection().execute(SQL, TASK["params"]).fetchone()  # type: ignore[misc]
    return Response(f'{{"items": [{items}]}}', mimetype="application/json")
