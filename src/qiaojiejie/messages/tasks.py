"""What messages do by themselves: send what is due, forget what is old."""

from uuid import UUID

from qiaojiejie.core import jobs
from qiaojiejie.messages import service as messages


@jobs.every(10)
def send_due() -> None:
    """Text messages that are due: new ones, those that waited for the morning, those whose job was lost or failed."""
    messages.send_due()


@jobs.task("messages.send_text")
def send_text(text_id: str) -> None:
    """Send one."""
    messages.send_text(text_id=UUID(text_id))


@jobs.every(3600)
def forget() -> None:
    """Text messages of more than 180 days ago."""
    messages.forget()
