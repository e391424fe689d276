"""What surveys do by themselves: send links, close after the last day."""

from uuid import UUID

from qiaojiejie.core import jobs
from qiaojiejie.surveys import service as surveys


@jobs.task("surveys.invite")
def invite(invitation_id: str, wave: int) -> None:
    """Send an invitation's link."""
    surveys.invite(invitation_id=UUID(invitation_id), wave=wave)


@jobs.every(600)
def close() -> None:
    """A survey is closed once its last day is over."""
    surveys.close_due()
