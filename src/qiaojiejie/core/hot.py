"""Reads that are asked all the time, answered without the frame when nothing about them is out of the ordinary.

Routing, the reading of many fields and the session cost more than such a read itself. A room names the read on its
blueprint; a request with a body, another method or another condition than an ETag it holds, a query string that is
refused, an answer that fails: all that goes the long way. Both ways answer the same, header by header
(``tests/core/test_hot.py``).
"""

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import structlog
from flask import Flask, g
from marshmallow import ValidationError, missing
from werkzeug.http import generate_etag, parse_etags

from qiaojiejie.core import cities, clock, metrics, packing
from qiaojiejie.core.errors import Refusal
from qiaojiejie.core.schema import FilterSchema

log = structlog.get_logger()

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
#: what every answer of the service says unless it says otherwise; in production it is reached over TLS only
HEADERS = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"))
TLS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
#: what every answer of the API says beside it
VARY = ("Accept-Language", "Authorization", "X-Acting-As", "X-City", "Accept-Encoding")
API_HEADERS = (("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
               ("Cache-Control", "private, no-cache"))
_TYPE = ("Content-Type", "application/json")
_ALL = (*HEADERS, ("Vary", ", ".join(VARY)), *API_HEADERS)

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
#: the longest query string that is read here
_LONGEST = 400
#: for how long an answer is believed to be the same, of how many of them
_BELIEVED, _MOST = timedelta(seconds=2), 4096
#: with one of these a client asks for less than all of it, or sends something
_UNUSUAL = frozenset({"HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE",
                      "HTTP_RANGE", "HTTP_TRANSFER_ENCODING"})

Headers = list[tuple[str, str]]
#: a city's mark, path and query string, and whether it may come packed
Asked = tuple[str, str, str, bool]


class Query:
    """What a query string may say, read value by value: few values differ, though hardly two questions are the same."""

    def __init__(self, schema: FilterSchema) -> None:
        named = {field.data_key or name: (field.attribute or name, field) for name, field in schema.load_fields.items()}
        self._schema, self._fields = schema, named
        self._absent = {name: field.load_default for name, field in named.values() if field.load_default is not missing}

    def said(self, text: str) -> dict[str, Any]:
        """As the schema loads it. Raises ValidationError, also for what a schema would take a second look at."""
        pairs = [_pair(self, part) for part in text.split("&") if part]
        given = dict(pairs)
        if len(given) < len(pairs):
            raise ValidationError("a name is there twice")
        found = {**self._absent, **given}
        self._schema.coherent(found)
        self._schema.timely(found)
        return found

    def pair(self, text: str) -> tuple[str, Any]:
        """One name and what its value is read as. Raises ValidationError."""
        [(key, value)] = parse_qsl(text.encode("latin-1").decode(), keep_blank_values=True, errors="werkzeug.url_quote")
        if key not in self._fields:
            raise ValidationError("nothing is called so")
        name, field = self._fields[key]
        return name, field.deserialize(value)


@lru_cache(maxsize=4096)
def _pair(query: Query, text: str) -> tuple[str, Any]:
    return query.pair(text)


@dataclass(frozen=True)
class Read:
    """A read by its route: what its query string may say (None: nothing) and what answers as JSON text, given what was
    asked for, or the id at the end of the path."""

    route: str
    query: Query | None
    answer: Callable[[Any], str]


class Tags:
    """ETags of the answers given last. Who holds one hears for a moment that it still holds, and nobody is asked: what
    is asked for a hundred times a second is read once."""

    def __init__(self) -> None:
        self._kept: dict[Asked, tuple[datetime, str]] = {}

    def keep(self, asked: Asked, etag: str) -> None:
        """The answer just given to what was asked."""
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[asked] = clock.now(), etag

    def believed(self, asked: Asked, environ: dict[str, Any]) -> str | None:
        """The ETag that answers a request. None: it must be read, as for everybody who may have written a moment
        ago."""
        if "HTTP_AUTHORIZATION" in environ or "HTTP_X_READ_AFTER" in environ:
            return None
        at, etag = self._kept.get(asked, (None, ""))
        fresh = at is not None and timedelta() <= clock.now() - at < _BELIEVED
        return etag if fresh and holds(environ, etag) else None


def holds(environ: dict[str, Any], etag: str) -> bool:
    """Whether the client says it has this."""
    held = environ.get("HTTP_IF_NONE_MATCH")
    return held is not None and parse_etags(held).contains_weak(etag)


class Reads:
    """The reads of an app, found by path."""

    def __init__(self) -> None:
        #: runs first, and says what its mode adds to every answer
        self.opening: Callable[[], Headers] = lambda: [TLS]
        self._by_path: dict[str, Read] = {}
        self._by_parent: dict[str, Read] = {}
        self.tags = Tags()

    def add(self, reads: Iterable[Read]) -> None:
        """Answer these from now on."""
        for read in reads:
            parent, _, name = read.route.rpartition("/")
            if name.startswith("<uuid:"):
                self._by_parent[parent] = read
            else:
                self._by_path[read.route] = read

    def asked(self, environ: dict[str, Any]) -> tuple[Read, Any] | None:
        """Which of them a usual request asks for, and what of it. Raises ValidationError."""
        if environ["REQUEST_METHOD"] != "GET" or not _UNUSUAL.isdisjoint(environ):
            return None
        if environ.get("CONTENT_LENGTH") not in (None, "", "0"):
            return None
        path, text = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        read = self._by_path.get(path)
        if read is not None and read.query is not None and len(text) <= _LONGEST:
            return read, read.query.said(text)
        parent, _, name = path.rpartition("/")
        read = self._by_parent.get(parent)
        return (read, UUID(name)) if read is not None and not text and _UUID.fullmatch(name) else None


def answered(app: Flask, reads: Reads, environ: dict[str, Any]) -> tuple[str, Headers, bytes] | None:
    """Status, headers and body for a request that asks for one of them; None: it goes the long way, also to be refused
    there."""
    try:
        found = reads.asked(environ)
        if found is None:
            return None
        read, asked = found
        with app.app_context():
            g.only_reads, g.route = True, read.route
            more, body = reads.opening(), b""
            packs = packing.wanted(environ)
            place = cities.mark(), environ["PATH_INFO"], environ.get("QUERY_STRING", ""), packs
            etag = reads.tags.believed(place, environ)
            if etag is None:
                g.replica = app.extensions["db_replicas"].for_read(environ)
                body = read.answer(asked).encode()
    except (ValidationError, Refusal):
        return None
    except Exception:
        log.warning("a hot read failed and goes the long way", exc_info=True)
        return None
    pack = packs and len(body) >= packing.LARGE
    if etag is None:
        etag = packing.tag(generate_etag(body)) if pack else generate_etag(body)
        reads.tags.keep(place, etag)
    offered = environ.get("HTTP_X_REQUEST_ID", "")
    request_id = offered if REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
    held = holds(environ, etag)
    status = 304 if held else 200
    log.info("request", request_id=request_id, method="GET", route=read.route, status=status, **cities.told())
    metrics.answered(environ, read.route, status)
    headers = [*_ALL, *more, ("X-Request-Id", request_id), ("ETag", f'"{etag}"')]
    if held:
        return "304 NOT MODIFIED", headers, b""
    if pack:
        body, headers = packing.packed(body), [*headers, ("Content-Encoding", "gzip")]
    return "200 OK", [*headers, _TYPE, ("Content-Length", str(len(body)))], body
