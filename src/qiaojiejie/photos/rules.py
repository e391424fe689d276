"""When photos are added and removed, how many there may be, how long they are kept. Pure."""

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
#: so long after the booking is over they are kept
KEPT_AFTER = timedelta(days=180)
#: those of a booking that is not over, is complained of or disputed are looked at again after this
AGAIN = timedelta(days=1)


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


def look_again(closed_at: datetime | None, held: bool, now: datetime) -> datetime | None:
    """When photos are next looked at for erasing; None when it is due now."""
    if closed_at is None or held:
        return now + AGAIN
    due = closed_at + KEPT_AFTER
    return due if due > now else None
