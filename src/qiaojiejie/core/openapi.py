"""``openapi.yaml``: written from the routes, their shapes, who may call them and how they refuse."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from threading import Lock
from typing import Any

import flask_smorest
import yaml
from flask import Flask

from qiaojiejie.core import bodies, errors
from qiaojiejie.core.db import SAFE_METHODS
from qiaojiejie.core.problems import Unexpected
from qiaojiejie.core.idempotency import BadIdempotencyKey

PATH_PARAM = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
METHODS = ("get", "post", "put", "patch", "delete")

DESCRIPTION = """巧姐姐的接口：家庭预约、家政企业、信用与监督。
The API by which families book, firms keep their staff, and the federation audits credit.

- Errors are `application/problem+json` (RFC 9457) with a stable `code`; messages follow `Accept-Language`.
- Every list answers `{"items": […], "next_cursor": …}`.
- Every signed-in mutation takes an `Idempotency-Key`: sent again with the same body, it answers the same.
- A mutation may answer `X-Read-After`: reads that send the newest back know what was written, whoever answers them.
- Money is integer fen (CNY); moments carry their offset and are answered in Asia/Shanghai.
"""

PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "examples": ["/docs/problems#NotFound"]},
        "title": {"type": "string", "description": "what went wrong and what to do, in the caller's language",
                  "examples": ["Not found."]},
        "status": {"type": "integer", "examples": [404]},
        "code": {"type": "string", "description": "stable name of the refusal", "examples": ["NotFound"]},
        "request_id": {"type": "string", "examples": ["0b8f7d2c4e1a4a54a0d2f6c3f3a1b2c4"]},
        "params": {"type": "object", "description": "the values named in the title"},
        "errors": {"type": "array", "items": {
            "type": "object", "required": ["in", "pointer", "message"], "properties": {
                "in": {"type": "string", "examples": ["body"]},
                "pointer": {"type": "string", "examples": ["/phone"]},
                "message": {"type": "string", "examples": ["Missing data for required field."]}}}},
    },
}

IDEMPOTENCY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "1–255 visible ASCII characters, unique to this request; kept 24 h",
    "schema": {"type": "string", "maxLength": 255, "examples": ["b1f0c6de-booking-1"]},
}
ACTING_AS = {
    "name": "X-Acting-As", "in": "header", "required": False,
    "description": "the role to act in, `role` or `role:organisation id`, when the account has several",
    "schema": {"type": "string", "examples": ["household"]},
}


def api_of(app: Flask) -> "Api":
    """flask-smorest's Api, without its own error answers and pages."""
    app.config.update(API_TITLE="巧姐姐 qiaojiejie", API_VERSION="v1", OPENAPI_VERSION="3.1.0")

    return Api(app)


class Api(flask_smorest.Api):
    """Without error answers of its own; describes its routes when that is asked for: most processes never are."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask) -> None:
        self._rooms, self._describing = list[flask_smorest.Blueprint](), Lock()
        super().__init__(app)

    def _register_error_handlers(self) -> None:
        """``core.http`` answers every error."""

    def register_blueprint(self, blp: flask_smorest.Blueprint, **_: Any) -> None:
        """Take a room's routes in."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._rooms.append(blp)

    def described(self) -> dict[str, Any]:
        """What apispec makes of all routes, made anew and kept nowhere."""
        with self._describing:
            self._init_spec()
            spec = self.spec
            for room in self._rooms:
                room.register_views_in_doc(self, self._app, spec, name=room.name, parameters=None)
                spec.tag({"name": room.name, "description": room.description})
            self._init_spec()
        return deepcopy(spec.to_dict())  # it hands out its own parts, and we write into them


def describe(app: Flask, api: Api) -> dict[str, Any]:
    """The whole description as a plain dict."""
    document = api.described()
    components = document.setdefault("components", {})
    components.pop("responses", None)
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    components["schemas"].pop("Error", None)
    components["schemas"].pop("PaginationMetadata", None)
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    document["info"]["description"] = DESCRIPTION
    document["info"]["license"] = {"name": "Proprietary", "identifier": "LicenseRef-Proprietary"}
    document["servers"] = [{"url": "/", "description": "this server"}]
    for path, method, operation, view in _operations(app, document):
        _describe_operation(path, method, operation, view, components["schemas"])
    _modernise(document)
    plain: dict[str, Any] = json.loads(json.dumps(document, default=str))
    return plain


def write(document: dict[str, Any]) -> str:
    """The description as YAML, stable from run to run."""
    class Plain(yaml.CSafeDumper):
        """Writes a repeated value again instead of an alias."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    return yaml.dump(document, Dumper=Plain, allow_unicode=True, sort_keys=True, width=120)


def _operations(app: Flask, document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any], Callable[..., Any]]]:
    views = {(PATH_PARAM.sub(r"{\1}", rule.rule), method.lower()): app.view_functions[rule.endpoint]
             for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method], views[path, method]


def _describe_operation(path: str, method: str, operation: dict[str, Any], view: Any, schemas: dict[str, Any]) -> None:
    roles: tuple[str, ...] = getattr(view, "_roles", ())
    refusals = [*getattr(view, "_refusals", ())]
    room = view.__module__.split(".")[1]
    operation["operationId"] = camel(f"{room}_{view.__name__}")
    operation.setdefault("parameters", [])
    if roles:
        operation["security"] = [{"bearer": []}]
        operation["x-roles"] = list(roles)
        operation["parameters"].append(ACTING_AS)
        refusals += [errors.Unauthorized, errors.Forbidden]
        if method.upper() not in SAFE_METHODS:
            operation["parameters"].append(IDEMPOTENCY)
            refusals += [BadIdempotencyKey, errors.KeyReused]
    else:
        operation["security"] = []
    if "{" in path and not any(issubclass(kind, errors.NotFound) for kind in refusals):
        refusals.append(errors.NotFound)
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        refusals += [bodies.BadJson, bodies.NotJson]
    if "requestBody" in operation:
        refusals.append(errors.TooLarge)
    if "requestBody" in operation or any(p.get("in") == "query" for p in operation["parameters"]):
        refusals.append(errors.Invalid)
    if any(p.get("name") == "cursor" for p in operation["parameters"]):
        refusals.append(errors.BadCursor)
    refusals += [errors.Unavailable, Unexpected]
    operation["responses"].pop("422", None)
    _add_refusals(operation, refusals)
    _add_examples(operation, schemas)


def camel(name: str) -> str:
    """booking_cancel_quote → bookingCancelQuote."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _add_refusals(operation: dict[str, Any], refusals: list[type[errors.Refusal]]) -> None:
    by_status: dict[int, list[type[errors.Refusal]]] = {}
    for kind in refusals:
        if kind not in by_status.setdefault(kind.status, []):
            by_status[kind.status].append(kind)
    for status, kinds in sorted(by_status.items()):
        operation["responses"][str(status)] = {
            "description": "; ".join(kind.messages()[1].rstrip(".") for kind in kinds) + ".",
            "content": {"application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {kind.__name__: {"value": problem_example(kind)} for kind in kinds}}},
        }


def problem_example(kind: type[errors.Refusal]) -> dict[str, Any]:
    """What a refusal looks like."""
    return {"type": f"/docs/problems#{kind.__name__}", "title": kind.messages()[1], "status": kind.status,
            "code": kind.__name__, "request_id": "0b8f7d2c4e1a4a54a0d2f6c3f3a1b2c4"}


def _add_examples(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    contents = [operation["requestBody"]] if "requestBody" in operation else []
    contents += [r for status, r in operation["responses"].items() if status.startswith("2")]
    for holder in contents:
        for kind, media in holder.get("content", {}).items():
            if kind == "application/json" and "schema" in media and not {"example", "examples"} & set(media):
                media["example"] = example_of(media["schema"], schemas)


SCALARS = {"string": "text", "integer": 1, "number": 1.0, "boolean": True, "null": None, "object": {}}
FORMATS = {"date-time": "2026-12-01T09:00:00+08:00", "date": "2026-12-01", "time": "09:00:00",
           "uuid": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e", "uri": "https://example.org/", "binary": ""}


def example_of(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """An example of a JSON schema, built from its fields' own examples."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    for given in ("example", "const", "default"):
        if given in schema:
            return schema[given]
    for listed in ("examples", "enum"):
        if schema.get(listed):
            return schema[listed][0]
    for choice in ("allOf", "oneOf", "anyOf"):
        if choice in schema:
            return example_of(schema[choice][0], schemas)
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "array":
        return [example_of(schema["items"], schemas)] * schema.get("minItems", 1)
    if "properties" in schema:
        return {name: example_of(below, schemas) for name, below in schema["properties"].items()}
    return FORMATS.get(schema.get("format", ""), SCALARS[kind])


def _modernise(node: Any) -> None:
    """OpenAPI 3.1 says ``examples: [x]`` in schemas where 3.0 said ``example: x``."""
    if isinstance(node, dict):
        if "example" in node and ("type" in node or "properties" in node) and not isinstance(node["type"], dict):
            node["examples"] = [node.pop("example")]
        if node.get("default") == "":  # "left out" to us; a default must satisfy its own schema
            del node["default"]
        if isinstance(node.get("pattern"), str):
            node["pattern"] = node["pattern"].replace(r"\Z", "$")  # Python's end of text in ECMA 262's words
        for name, below in node.items():
            if name not in ("example", "examples", "value"):
                _modernise(below)
    elif isinstance(node, list):
        for below in node:
            _modernise(below)
