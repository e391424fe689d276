"""Every refusal and failure as problem+json (RFC 9457): a stable code, a message in the reader's language."""

from typing import Any

import structlog
from flask import Flask, Response, g, json, request
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from qiaojiejie.core import errors, translations

log = structlog.get_logger()

PROBLEM = "application/problem+json"
#: SQLSTATEs that mean "try again": connection lost, shutting down, deadlock, serialization, lock not available.
TRANSIENT = ("08", "57P", "40001", "40P01", "55P03", "53")


def init_app(app: Flask) -> None:
    """Answer with problems."""
    app.register_error_handler(errors.Refusal, problem)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(OperationalError, _of_database)
    app.register_error_handler(PoolTimeout, _of_database)
    app.register_error_handler(DBAPIError, _of_database)
    app.register_error_handler(Exception, _unexpected)


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


def _of_http(error: HTTPException) -> Response:
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


def _of_database(error: Exception) -> Response:
    state = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
    lost = isinstance(error, PoolTimeout) or getattr(error, "connection_invalidated", False)
    if lost or (isinstance(error, OperationalError) and not state) or state.startswith(TRANSIENT):
        log.warning("database unavailable", sqlstate=state, error=type(error).__name__)
        return problem(errors.Unavailable(retry_after=2))
    return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    log.error("unexpected", exc_info=error)
    return problem(Unexpected())
