"""What the desk refuses."""

from qiaojiejie.core.errors import Conflict, NotFound


class TicketNotFound(NotFound):
    """没有找到该号码。
    There is no such number."""


class TicketHeld(Conflict):
    """您在该工作站已有 {number} 号，请等待叫号。
    You hold number {number} at this station already; wait until it is called."""


class NobodyWaiting(Conflict):
    """现在没有人在排队。
    Nobody is waiting."""
