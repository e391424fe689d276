"""What the real app is measured against: bare Flask views that run the same SQL with psycopg and return its text.

Served as the app itself is: ``granian --interface wsgi benchmarks.baseline:app``.
"""

import os
import threading
from typing import Any
from uuid import UUID

import jwt
import psycopg
import sqlalchemy as sa
from flask import Flask, Response, request
from sqlalchemy.dialects.postgresql import psycopg as dialect

from qiaojiejie.core import clock
from qiaojiejie.search.queries import DETAIL, Shape, statement


def driver_text(sql: str) -> str:
    """A statement as psycopg takes it."""
    return str(sa.text(sql).compile(dialect=dialect.dialect()))


SEARCH = driver_text(statement(Shape(sort="credit", later=False, service=True, region=True, firm=False, near=False,
                                     words=False, certificate=False, days=1)))
ONE = driver_text(DETAIL)

app = Flask("baseline")
local = threading.local()


def one(sql: str, **given: Any) -> Any:
    """The row of a statement, on one autocommit connection a thread; psycopg prepares the statement by itself."""
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    return local.connection.execute(sql, given).fetchone()


@app.get("/workers")
def workers() -> Response:
    """A page's text."""
    asked = request.args
    items, _, _, _ = one(SEARCH, today=clock.today(), now=clock.now(), service=asked["service"],
                         region=asked["region"], day0=asked["day"], mask0=int(asked["mask"]))
    return Response(f'{{"items": [{items}]}}', mimetype="application/json")


@app.get("/signed/workers")
def workers_signed_in() -> Response:
    """The same once the token is checked."""
    jwt.decode(request.headers["Authorization"][7:], os.environ["QJJ_JWT_SECRET"], algorithms=["HS256"],
               audience="qiaojiejie", issuer="qiaojiejie")
    return workers()


@app.get("/workers/<uuid:worker_id>")
def worker(worker_id: UUID) -> Response:
    """A worker's text."""
    found = one(ONE, id=worker_id, today=clock.today(), now=clock.now())
    return Response(found[0], mimetype="application/json")
