"""Jobs of media."""

from qiaojiejie.core import jobs
from qiaojiejie.media import service as media


@jobs.task("media.drop")
def drop(key: str) -> None:
    """Bytes of a file that was forgotten, unless somebody uploaded the same."""
    media.drop(key=key)
