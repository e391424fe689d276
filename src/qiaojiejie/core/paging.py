"""Cursor paging: the sort key and the id of the last row, signed. Never OFFSET."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import current_app
from itsdangerous import Signer
from itsdangerous.encoding import base64_decode, base64_encode

from qiaojiejie.core import cities
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import BadCursor

LIMIT, MOST = 20, 100
_told = json.JSONEncoder(sort_keys=True, default=str).encode


@dataclass(frozen=True)
class Page:
    """One page of a list: its items and the cursor of the next page, None on the last."""

    items: Sequence[Any]
    next_cursor: str | None


@lru_cache(maxsize=1024)
def _signer(key: str, city: str) -> Signer:
    return Signer(key, salt=f"cursor:{city}", digest_method=hashlib.sha256)


def _signature(scope: str, said: str) -> str:
    signer = _signer(current_app.config["CURSOR_KEY"], cities.mark())
    return signer.get_signature(f"{scope}.{said}").decode()


def scope_of(name: str, filters: Any = None) -> str:
    """What a cursor belongs to: the list's name and its filters, so that it can't be taken over to another list."""
    digest = hashlib.sha256(_told(filters).encode()).hexdigest()[:16]
    return f"{name}:{digest}"


def encode(scope: str, key: Sequence[Any]) -> str:
    """A cursor for the row whose sort key (ending in its unique id) is ``key``; values must be JSON-able or str()."""
    said = base64_encode(json.dumps([v if isinstance(v, int | float | type(None)) else str(v) for v in key])).decode()
    return f"{said}.{_signature(scope, said)}"


def decode(scope: str, cursor: str | None) -> list[Any] | None:
    """The sort key inside a cursor; None for the first page. Raises BadCursor."""
    if not cursor:
        return None
    said, _, signature = cursor.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(scope, said).encode()):
        raise BadCursor()
    found: list[Any] = json.loads(base64_decode(said))
    return found


def keyset(stmt: sa.Select[Any], columns: Sequence[Any], *, scope: str, cursor: str | None, limit: int,
           descending: bool = True) -> Page:
    """Run ``stmt`` (selecting one entity) ordered by ``columns`` (the last one unique), one page of it."""
    after = decode(scope, cursor)
    key = sa.tuple_(*columns)
    if after is not None:
        last = sa.tuple_(*(sa.cast(value, column.type) for value, column in zip(after, columns, strict=True)))
        stmt = stmt.where(key < last if descending else key > last)
    stmt = stmt.order_by(*(column.desc() if descending else column.asc() for column in columns)).limit(limit + 1)
    rows = db.session.scalars(stmt).all()
    items, more = rows[:limit], len(rows) > limit
    following = encode(scope, [getattr(items[-1], column.key) for column in columns]) if more else None
    return Page(items, following)
