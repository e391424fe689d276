"""What the desk does by itself."""

from qiaojiejie.core import jobs
from qiaojiejie.desk import service as desk


@jobs.every(3600)
def end_day() -> None:
    """Numbers of days gone by end."""
    desk.end_day()
