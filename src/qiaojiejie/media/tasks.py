"""Jobs of media."""

from qiaojiejie.core import jobs
from qiaojiejie.media import service as media


@jobs.every(600)
def forget_unused() -> None:
    """Images for a chat or a visit that nobody used within a day."""
    media.forget_unused()


@jobs.task("media.drop")
def drop(key: str) -> None:
    """Bytes of a file that was forgotten, unless somebody uploaded the same."""
    media.drop(key=key)
