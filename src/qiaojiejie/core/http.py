"""The frame around every request: one transaction, a request id, problem+json for every refusal, ETags on reads."""

import uuid
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

import flask_smorest
import structlog
from flask import Flask, Response, current_app, g, json, request
from flask.typing import ResponseReturnValue
from marshmallow import RAISE
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError as PoolTimeout
from webargs.core import missing
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.exceptions import HTTPException

from qiaojiejie.core import bodies, errors, hot, idempotency, leaving, metrics, packing, \
    translations
from qiaojiejie.core.db import SAFE_METHODS, checkpoint, db
from qiaojiejie.core.schema import FilterSchema

__all__ = ["BRIEFLY", "Blueprint", "House", "checkpoint", "init_app", "language", "refuses"]

log = structlog.get_logger()

PROBLEM = "application/problem+json"
#: SQLSTATEs that mean "try again": connection lost, shutting down, deadlock, serialization, lock not available.
TRANSIENT = ("08", "57P", "40001", "40P01", "55P03", "53")


#: of an answer that is the same for everybody, and as good a minute later
BRIEFLY = {"Cache-Control": "public, max-age=60"}


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
        self.hot.append(hot.Read(f"{self.url_prefix}{route}", schema, answer))

    def arguments(self, schema: Any, **how: Any) -> Any:
        """What a route takes. A shape is made once, not once a request: marshmallow copies every field to make one."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **how)


def refuses(*refusals: type[errors.Refusal]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Say which refusals of its own a route may answer with; they stand in openapi.yaml and are checked there."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        view._refusals = refusals  # type: ignore[attr-defined]
        return view

    return decorate


class House(Flask):
    """Flask with one transaction round each request: commit when the view returns, rollback on any exception."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reads = hot.Reads()

    def wsgi_app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The short way for what is asked all the time, else the frame."""
        environ[metrics.BEGAN] = perf_counter()
        if leaving.leaving.is_set():
            start_response = leaving.told(start_response)
        found = hot.answered(self, self.reads, environ)
        if found is None:
            return super().wsgi_app(environ, start_response)
        headers, body = found
        start_response("200 OK", headers)
        return [body]

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view inside the frame; the commit happens before the answer leaves, so its failure is answered."""
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
    app.register_error_handler(errors.Refusal, problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(OperationalError, _database_problem)
    app.register_error_handler(PoolTimeout, _database_problem)
    app.register_error_handler(DBAPIError, _database_problem)
    app.register_error_handler(Exception, _unexpected)


def _open() -> None:
    offered = request.headers.get("X-Request-Id", "")
    g.only_reads = request.method in SAFE_METHODS
    g.request_id = offered if hot.REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if not g.only_reads and request.mimetype != "multipart/form-data":
        request.max_content_length = bodies.MOST_BYTES
    if "\x00" in request.path:  # nothing is called so, and PostgreSQL can't even be asked
        raise errors.NotFound()


def _close(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    api = request.path.startswith("/api/")
    tls = () if current_app.config["DEMO"] else (hot.TLS,)
    for name, value in (*hot.HEADERS, *tls, *(hot.API_HEADERS if api else ())):
        response.headers.setdefault(name, value)
    if api:
        response.vary.update(hot.VARY)
    if request.method in ("GET", "HEAD") and response.status_code == 200 and not response.is_streamed:
        packing.tag_and_pack(response, api)
    if response.status_code == 412:
        response.data = problem(NotAsHeld()).data
        response.mimetype = PROBLEM
    route = str(request.url_rule or "")
    log.info("request", method=request.method, route=route, status=response.status_code)
    metrics.answered(request.environ, route, response.status_code)
    return response


def language() -> str:
    """``zh`` unless the client prefers English."""
    return request.accept_languages.best_match(["zh", "zh-CN", "en"], default="zh")[:2]


def problem(refusal: errors.Refusal) -> Response:
    """RFC 9457: type, title, status, code, detail, request_id and, for fields, errors."""
    tongue = language()
    body: dict[str, Any] = {
        "type": f"/docs/problems#{refusal.code}", "title": refusal.message(tongue), "status": refusal.status,
        "code": refusal.code, "request_id": g.get("request_id", ""),
    }
    if refusal.errors is not None:
        body["errors"] = refusal.errors
    if refusal.params:
        body["params"] = {name: _plain(value) for name, value in refusal.params.items()}
    response = Response(json.dumps(body, ensure_ascii=False), status=refusal.status, mimetype=PROBLEM)
    response.headers["Content-Language"] = tongue
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str | bool | None) else str(value)


class MethodNotAllowed(errors.Refusal):
    """此地址不支持该方法。
    This address does not take that method."""

    status = 405


class NotModifiable(errors.Refusal):
    """服务器无法满足请求的格式或条件。
    The request's format or condition can't be met."""

    status = 406


class NotAsHeld(errors.Refusal):
    """内容与您所持有的（If-Match）不一致。
    What is here is not what you hold (If-Match)."""

    status = 412


BY_STATUS: dict[int, type[errors.Refusal]] = {
    400: errors.BadRequest, 401: errors.Unauthorized, 403: errors.Forbidden, 404: errors.NotFound,
    405: MethodNotAllowed, 406: NotModifiable, 409: errors.Conflict, 413: errors.TooLarge, 415: errors.Unsupported,
    422: errors.Invalid, 429: errors.TooMany, 503: errors.Unavailable,
}


class Unexpected(errors.Refusal):
    """服务出错了，我们已记录，请凭 request_id 联系我们。
    Something broke on our side; it is logged, quote the request_id."""

    status = 500


def _http_problem(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    if error.code is not None and error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    kind = BY_STATUS.get(error.code or 500, Unexpected if (error.code or 500) >= 500 else errors.BadRequest)
    refusal = kind()
    refusal.status = error.code or 500
    messages = getattr(error, "data", {}).get("messages")
    if messages:
        refusal.errors = field_errors(messages, language())
    response = problem(refusal)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def field_errors(messages: Any, tongue: str) -> list[dict[str, Any]]:
    """marshmallow's nested messages as a flat list of {in, pointer, message}."""
    found: list[dict[str, Any]] = []

    def walk(node: Any, path: tuple[str, ...]) -> None:
        if isinstance(node, dict):
            for name, below in node.items():
                walk(below, (*path, str(name)))
        else:
            for message in node if isinstance(node, list) else [node]:
                where, *pointer = path or ("json",)
                pointer = [part for part in pointer if part != "_schema"]
                found.append({"in": {"json": "body"}.get(where, where), "pointer": "/" + "/".join(pointer),
                              "message": translations.message(str(message), tongue)})

    walk(messages, ())
    return found


def _database_problem(error: Exception) -> Response:
    state = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
    lost = isinstance(error, PoolTimeout) or getattr(error, "connection_invalidated", False)
    if lost or (isinstance(error, OperationalError) and not state) or state.startswith(TRANSIENT):
        log.warning("database unavailable", sqlstate=state, error=type(error).__name__)
        return problem(errors.Unavailable(retry_after=2))
    return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    log.error("unexpected", exc_info=error)
    return problem(Unexpected())
