"""What contracts follow."""

from uuid import UUID

from qiaojiejie.booking import facts as booking
from qiaojiejie.contracts import rules
from qiaojiejie.contracts import service as contracts
from qiaojiejie.ledger import queries as entries, service as ledger


@ledger.follows(*rules.ENDS, name="contracts.void")
def void(entry_id: int) -> None:
    """A booking that was called off has no contract any more."""
    contracts.void(booking_id=_booking(entry_id))


@ledger.follows(booking.CHECKED_IN, name="contracts.warn")
def warn(entry_id: int) -> None:
    """Work began without a signed contract: both sides are told."""
    contracts.warn(booking_id=_booking(entry_id), entry_id=entry_id)


@ledger.follows(*rules.NEWS, name="contracts.tell")
def tell(entry_id: int) -> None:
    """Everybody a contract concerns finds it in the inbox."""
    contracts.tell(entry_id=entry_id)


def _booking(entry_id: int) -> UUID:
    return UUID(entries.get(entry_id).subject.removeprefix("booking:"))
