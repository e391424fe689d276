"""The family's page: one HTML file, one script, one style sheet, all ours, nothing from elsewhere."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from qiaojiejie.core.access import public

STATIC = Path(__file__).parent / "static"
POLICY = "default-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

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


def _file(name: str) -> Response:
    response = send_from_directory(STATIC, name, max_age=0)
    response.headers["Content-Security-Policy"] = POLICY
    return response
