"""The family's page (one HTML file, one script, one style sheet), and the browsable description of the API."""

from pathlib import Path

import swagger_ui_bundle
from flask import Blueprint, Response, send_from_directory

from qiaojiejie.core.access import public

STATIC = Path(__file__).parent / "static"
POLICY = "default-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

DOCS = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>巧姐姐 API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/swagger-ui.css"><div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({url: "/openapi.json", dom_id: "#ui", deepLinking: true, docExpansion: "none"})</script></html>
"""

blp = Blueprint("web", __name__)


@blp.get("/")
@public
def family() -> Response:
    """The family's page."""
    return _file("index.html")


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


@blp.get("/docs/<path:name>")
@public
def docs_file(name: str) -> Response:
    """Swagger UI's own files."""
    return send_from_directory(Path(swagger_ui_bundle.swagger_ui_path), name)


def _file(name: str) -> Response:
    response = send_from_directory(STATIC, name, max_age=0)
    response.headers["Content-Security-Policy"] = POLICY
    return response
