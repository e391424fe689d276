"""What photos do by themselves: go when they are kept no longer."""

from qiaojiejie.core import jobs
from qiaojiejie.photos import service as photos


@jobs.every(600)
def erase() -> None:
    """Photos of bookings that ended 180 days ago."""
    photos.erase_due()
