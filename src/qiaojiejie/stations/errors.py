"""How stations refuse."""

from qiaojiejie.core.errors import NotFound


class StationNotFound(NotFound):
    """没有找到该工作站。
    There is no such station."""
