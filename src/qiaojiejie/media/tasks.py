"""Jobs of media."""

from uuid import UUID

from qiaojiejie.core import jobs
from qiaojiejie.media import service as media


@jobs.every(600)
def forget_unused() -> None:
    """Images for a chat or a visit that nobody used within a day."""
    media.forget_unused()


@jobs.task("media.size")
def size(media_id: str) -> None:
    """Smaller sizes of a picture that was uploaded."""
    media.size(media_id=UUID(media_id))


@jobs.every(600)
def size_left() -> None:
    """Pictures that still have no sizes."""
    media.size_left()


@jobs.task("media.drop")
def drop(key: str) -> None:
    """Bytes of a file that was forgotten and its sizes, unless somebody uploaded the same."""
    media.drop(key=key)
