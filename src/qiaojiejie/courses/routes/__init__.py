"""Courses over HTTP: the catalogue, sessions, places, claims."""

from qiaojiejie.core.http import Blueprint

blp = Blueprint("courses", description="培训 · Courses, seats and waiting lists, attendance, assessment, subsidies")

from qiaojiejie.courses.routes import catalogue, claims, places, sessions  # noqa: E402, F401
