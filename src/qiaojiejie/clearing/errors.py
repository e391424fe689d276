"""How the clearing refuses."""

from qiaojiejie.core.errors import NotFound


class ClearingRunNotFound(NotFound):
    """没有找到这次对账。
    There is no such comparison."""
