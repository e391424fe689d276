"""When photos are added and removed, and how many there may be. Pure."""

from datetime import datetime, timedelta

from qiaojiejie.photos.errors import PhotosFull, PhotosNotNow, PhotoStays

PHASES = {"before": "服务前", "after": "服务后"}
#: who takes them
TAKERS = ("household", "worker")
#: of one phase of one booking
MOST = 9
STATES = ("under_way", "served")
#: so long who added one may take it back
REMOVABLE_FOR = timedelta(hours=1)


def check_state(state: str) -> None:
    """May photos be added to a booking in this state? Raises PhotosNotNow."""
    if state not in STATES:
        raise PhotosNotNow()


def check_room(phase: str, there: int) -> None:
    """May one more be added? Raises PhotosFull."""
    if there >= MOST:
        raise PhotosFull(phase=phase, phase_zh=PHASES[phase], most=MOST)


def check_removable(added_at: datetime, held: bool, now: datetime) -> None:
    """May it still be taken back? ``held``: a complaint or a dispute is open. Raises PhotoStays."""
    if held or now > added_at + REMOVABLE_FOR:
        raise PhotoStays(minutes=REMOVABLE_FOR // timedelta(minutes=1))
