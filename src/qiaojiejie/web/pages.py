"""The family's page, the public log's, the stations', those behind QRs and links (certificates, door cards,
questionnaires; HTML, scripts, styles, nothing from elsewhere), and the browsable description of the API."""

from html import escape
from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, redirect, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from qiaojiejie.core.access import public
from qiaojiejie.core.errors import Refusal

STATIC = Path(__file__).parent / "static"
SWAGGER = Path(flask_swagger_ui.__file__).parent / "dist"
POLICY = "default-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

DOCS = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>巧姐姐 API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/swagger-ui.css"><div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({url: "/openapi.json", dom_id: "#ui", deepLinking: true, docExpansion: "none"})</script></html>
"""

PROBLEMS = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>巧姐姐 · problems</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/problems.css"><h1>拒绝与错误 · Problems</h1>
<p>Every refusal is <code>application/problem+json</code> (RFC 9457); its <code>code</code> is stable.</p>
<table><thead><tr><th>code<th>status<th>中文<th>English<tbody>ROWS</table></html>
"""

blp = Blueprint("web", __name__)


@blp.get("/")
@public
def family() -> Response:
    """The family's page."""
    return _file("index.html")


@blp.get("/audit")
@public
def audit() -> Response:
    """The page on which anybody checks the public log and recomputes every score."""
    return _file("audit.html")


@blp.get("/verify")
@blp.get("/verify/<serial>")
@public
def verify(serial: str | None = None) -> ResponseReturnValue:
    """The page behind a certificate's QR; to a program that asks for JSON, where it finds that."""
    if serial and request.accept_mimetypes.best_match(["application/json", "text/html"]) == "application/json":
        return redirect(url_for("certificates.verify", serial=serial))
    return _file("verify.html")


@blp.get("/door/<token>")
@public
def door(token: str) -> Response:
    """The page behind the QR on a worker's door card; it sends the token to the API itself."""
    return _file("door.html")


@blp.get("/s/<token>")
@public
def survey(token: str) -> Response:
    """The questionnaire behind a link of a survey; it asks the API with the token itself."""
    return _file("survey.html")


@blp.get("/station")
@blp.get("/station/<station_id>")
@public
def station(station_id: str | None = None) -> Response:
    """The stations, or one: who is there, who waits, what goes on."""
    return _file("station.html")


@blp.get("/static/<path:name>")
@public
def static_file(name: str) -> Response:
    """Its script and style."""
    return _file(name)


@blp.get("/docs")
@public
def docs() -> str:
    """The API, browsable."""
    return DOCS


@blp.get("/docs/problems")
@public
def problems() -> str:
    """Every refusal there is: the page a problem's ``type`` points to."""
    rows = "".join(
        f'<tr id="{kind.__name__}"><td><code>{kind.__name__}</code><td>{kind.status}<td>{escape(chinese)}'
        f"<td>{escape(english)}" for kind in refusals() for chinese, english in [kind.messages()])
    return PROBLEMS.replace("ROWS", rows)


def refusals() -> list[type[Refusal]]:
    """Every leaf of the refusals' tree, by code."""
    found, waiting = set[type[Refusal]](), [Refusal]
    while waiting:
        below = waiting.pop().__subclasses__()
        found.update(below)
        waiting.extend(below)
    return sorted(found, key=lambda kind: kind.__name__)


@blp.get("/docs/<path:name>")
@public
def docs_file(name: str) -> Response:
    """Swagger UI's own files."""
    return send_from_directory(SWAGGER, name)


def _file(name: str) -> Response:
    response = send_from_directory(STATIC, name, max_age=0)
    response.headers["Content-Security-Policy"] = POLICY
    return response
