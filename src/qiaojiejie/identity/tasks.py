"""Jobs of identity: sending a code, forgetting what is over."""

from uuid import UUID

from qiaojiejie.core import jobs
from qiaojiejie.identity import service as identity


@jobs.task("identity.send_code")
def send_code(code_id: str, sealed: str) -> None:
    """Send a one-time code by text message; a code that is burnt or out of date meanwhile is not sent."""
    identity.send_code(code_id=UUID(code_id), sealed=sealed)


@jobs.every(3600)
def forget() -> None:
    """Delete codes and refresh tokens that can't matter any more."""
    identity.forget()
