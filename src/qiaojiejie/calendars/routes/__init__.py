"""Hours, terms, leave and free time over HTTP: a firm's for its staff, a worker's own, and what everybody may see."""

from qiaojiejie.core.http import Blueprint

blp = Blueprint("calendars", description="工作时间、请假与空闲 · Hours, leave and free time")

from qiaojiejie.calendars.routes import availability, hours, leave  # noqa: E402, F401
