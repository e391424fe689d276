"""The frame around every request: one transaction, a request id, problem+json for every refusal, ETags on reads."""

import uuid
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

import flask_smorest
import structlog
from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from marshmallow import RAISE
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout
from webargs.core import missing
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.routing import Rule

from qiaojiejie.core import bodies, cities, errors, hot, idempotency, leaving, metrics, packing, problems
from qiaojiejie.core.db import SAFE_METHODS, checkpoint, db, written
from qiaojiejie.core.replicas import READ_AFTER, Replica
from qiaojiejie.core.schema import FilterSchema, Later, shape

__all__ = ["BRIEFLY", "Blueprint", "House", "checkpoint", "init_app", "refuses"]

log = structlog.get_logger()

#: of an answer that is the same for everybody, and as good a minute later
BRIEFLY = {"Cache-Control": "public, max-age=60"}
#: what is answered in no city, too
ANYWHERE = frozenset({"healthz", "readyz", "description", "metrics"})


class Strict(FlaskParser):
    """Refuses a query parameter it does not know (a mistyped filter must not pass for none), and a body that is
    not JSON where JSON is taken (it must not pass for an empty one).

    It knows one location more: ``multipart``, the fields and files of one form together.
    """

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}
    __location_map__ = {**FlaskParser.__location_map__, "multipart": "load_multipart"}

    def load_multipart(self, req: Any, schema: Any) -> MultiDictProxy:
        """Fields and files of a multipart form, by name."""
        return MultiDictProxy(CombinedMultiDict([req.form, req.files]), schema)

    def _get_schema(self, argmap: Any, req: Any) -> Any:
        return super()._get_schema(shape(argmap) if isinstance(argmap, type) else argmap, req)

    def _raw_load_json(self, req: Any) -> Any:
        content = req.get_data(cache=True)
        if not content:
            return missing
        if not req.is_json:
            raise bodies.NotJson()
        return bodies.read(content)


class Blueprint(flask_smorest.Blueprint):
    """A room's routes, under /api/v1."""

    ARGUMENTS_PARSER = Strict()
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING = {
        **flask_smorest.Blueprint.DEFAULT_LOCATION_CONTENT_TYPE_MAPPING, "multipart": "multipart/form-data"}

    def __init__(self, name: str, *, description: str) -> None:
        super().__init__(name, f"qiaojiejie.{name}", url_prefix="/api/v1", description=description)
        self.hot = list[hot.Read]()

    def often(self, route: str, schema: FilterSchema | None, answer: Callable[[Any], str]) -> None:
        """A read of this room that is asked all the time: see ``core.hot``."""
        self.hot.append(hot.Read(f"{self.url_prefix}{route}", hot.Query(schema) if schema else None, answer))

    def response(self, status_code: int, schema: Any = None, **how: Any) -> Any:
        """What a route answers."""
        return super().response(status_code, Later(schema) if isinstance(schema, type) else schema, **how)

    @staticmethod
    def _make_doc_response_schema(schema: Any) -> Any:
        return schema.kind if isinstance(schema, Later) else schema


def refuses(*refusals: type[errors.Refusal]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Say which refusals of its own a route may answer with; they stand in openapi.yaml and are checked there."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        view._refusals = refusals  # type: ignore[attr-defined]
        return view

    return decorate


class Route(Rule):
    """A route that makes its builder of addresses when an address of it is first built: of most, none ever is."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        whole = super()._compile_builder

        def build(route: "Route", **values: Any) -> tuple[str, str]:
            made = whole(append_unknown).__get__(route, None)
            setattr(route, "_build_unknown" if append_unknown else "_build", made)
            return made(**values)

        return build


class House(Flask):
    """Flask with one transaction round each request: commit when the view returns, rollback on any exception."""

    url_rule_class = Route

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reads = hot.Reads()

    def wsgi_app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The short way for what is asked all the time, else the frame; in the city that is asked, where there are
        several."""
        environ[metrics.BEGAN] = perf_counter()
        if leaving.leaving.is_set():
            start_response = leaving.told(start_response)
        tenants = self.extensions["tenants"]
        if tenants is None:
            return self._answered(environ, start_response)
        with cities.within(tenants.asked(environ)):
            return self._answered(environ, start_response)

    def _answered(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = hot.answered(self, self.reads, environ)
        if found is None:
            return super().wsgi_app(environ, start_response)
        status, headers, body = found
        start_response(status, headers)
        return [body]

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view inside the frame. What a replica could not answer, or does not know yet, is asked anew of the
        primary."""
        replica: Replica | None = self.extensions["db_replicas"].for_read(request.environ)
        g.replica = replica
        try:
            return self._framed()
        except (DBAPIError, PoolTimeout, errors.NotFound) as fault:
            if replica is None:
                raise
            replica.failed(fault)
        g.replica = None
        db.session.remove()
        return self._framed()

    def _framed(self) -> ResponseReturnValue:
        """The view in its transaction; the commit happens before the answer leaves, so its failure is answered."""
        try:
            response = self.make_response(super().dispatch_request())
            if request.method not in SAFE_METHODS:
                idempotency.finish(response)
            if db.session.registry.has():  # else nobody asked for a session
                db.session.commit()
            return response
        except errors.Refusal as refusal:
            if refusal.keep:
                db.session.commit()
            else:
                db.session.rollback()
            raise
        except BaseException:
            db.session.rollback()
            raise


def init_app(app: Flask) -> None:
    """Install the frame's hooks and error handlers."""
    app.before_request(_open)
    app.after_request(_close)
    problems.init_app(app)


def _open() -> None:
    offered = request.headers.get("X-Request-Id", "")
    g.only_reads = request.method in SAFE_METHODS
    g.request_id = offered if hot.REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id, **cities.told())
    if request.endpoint not in ANYWHERE:
        cities.here()
    if not g.only_reads and request.mimetype != "multipart/form-data":
        request.max_content_length = bodies.MOST_BYTES
    if "\x00" in request.path:  # nothing is called so, and PostgreSQL can't even be asked
        raise errors.NotFound()


def _close(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if not g.get("only_reads") and current_app.extensions["db_replicas"] and db.session.registry.has():
        response.headers[READ_AFTER] = written()
    api = request.path.startswith("/api/")
    tls = () if current_app.config["DEMO"] else (hot.TLS,)
    for name, value in (*hot.HEADERS, *tls, *(hot.API_HEADERS if api else ())):
        response.headers.setdefault(name, value)
    if api and not response.vary:  # a view may know better
        response.vary.update(hot.VARY)
    if request.method in ("GET", "HEAD") and response.status_code == 200 and not response.is_streamed:
        packing.tag_and_pack(response, api)
    if response.status_code == 412:
        response.data = problems.problem(problems.NotAsHeld()).data
        response.mimetype = problems.PROBLEM
    route = str(request.url_rule or "")
    log.info("request", method=request.method, route=route, status=response.status_code)
    metrics.answered(request.environ, route, response.status_code)
    return response
