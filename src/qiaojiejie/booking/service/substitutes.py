"""Another worker of the firm comes instead, or nobody it offers is taken (see ``substitutions``)."""

from datetime import datetime

from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules import whole_minutes
from qiaojiejie.booking.service.holds import new_door_code
from qiaojiejie.booking.service.moves import reseat
from qiaojiejie.booking.service.records import close
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.workers.models import Worker


def substitute(*, booking: Booking, worker: Worker, party: str, by: str) -> None:
    """The household takes another worker for a locked booking, at the price agreed; the door code is a new one.

    Raises NotYourStep, StepNotPossible; SlotTaken, after which nothing of this may be committed.
    """
    reseat(booking, "substitute", party=party, by=by, worker=worker)
    booking.door_code, booking.door_tries = Sealed("text", new_door_code()), 0


def take_nobody(*, booking: Booking, party: str, by: str, reason: str, since: datetime) -> None:
    """Nobody the firm offered instead for a locked booking is taken: everything that was paid is refunded.

    It counts as the firm's declining, with the notice it gave when it asked (``since``). Raises NotYourStep,
    StepNotPossible.
    """
    close(booking, "take_nobody", party=party, by=by, refund=booking.paid_fen, because=reason, more={
        "by": party, "notice_minutes": whole_minutes(booking.start - since), "fee": 0, "reason": reason,
        "barred": booking.barred})
