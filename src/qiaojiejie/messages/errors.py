"""How messages refuses."""

from qiaojiejie.core.errors import NotFound


class NotificationNotFound(NotFound):
    """没有找到该通知。
    There is no such notification of yours."""
