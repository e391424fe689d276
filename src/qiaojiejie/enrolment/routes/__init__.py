"""Enrolment over HTTP: the register, gradings, visits and what waits."""

from qiaojiejie.core.http import Blueprint

blp = Blueprint("enrolment", description="企业底册、质量评级与走访 · Firms known, quality grades, visits")

from qiaojiejie.enrolment.routes import gradings, register, visits  # noqa: E402, F401  (each adds its routes to blp)
