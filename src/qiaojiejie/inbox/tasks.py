"""What the inbox does by itself."""

from qiaojiejie.core import jobs
from qiaojiejie.inbox import service as inbox


@jobs.every(30)
def remind() -> None:
    """Events whose job was lost get another."""
    inbox.remind()
