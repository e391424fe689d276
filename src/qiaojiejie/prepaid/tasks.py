"""What prepaid cards follow and do by themselves. Each job may run twice and calls Stripe with nothing locked."""

from uuid import UUID

from qiaojiejie.core import clock, jobs
from qiaojiejie.ledger import service as ledger
from qiaojiejie.payments import facts as payment_facts
from qiaojiejie.prepaid import queries
from qiaojiejie.prepaid import service as prepaid
from qiaojiejie.refunds import facts as refund_facts


@ledger.follows(payment_facts.SUCCEEDED, refund_facts.SUCCEEDED, name="prepaid.follow_money")
def follow_money(entry_id: int) -> None:
    """A card that is paid is live; what comes back to one that is no more goes on to the family."""
    card_id = queries.moved_by(entry_id)
    if card_id is not None:
        prepaid.settle(card_id=card_id)


@jobs.task("prepaid.settle")
def settle(card_id: str) -> None:
    """Make a card what its money says."""
    prepaid.settle(card_id=UUID(card_id))


@jobs.task("prepaid.lapse")
def lapse(card_id: str) -> None:
    """Stop waiting for a card's money."""
    prepaid.lapse(card_id=UUID(card_id))


@jobs.every(10)
def lapse_overdue() -> None:
    """Cards that were not paid in time."""
    for card_id in queries.overdue(clock.now()):
        jobs.defer("prepaid.lapse", card_id=str(card_id))


@jobs.every(60)
def settle_unsettled() -> None:
    """The same as what is followed, though a job was lost; and cards whose price a bank gave back."""
    for card_id in queries.unsettled():
        jobs.defer("prepaid.settle", card_id=str(card_id))


@ledger.follows(*prepaid.NEWS, *prepaid.MONEY_NEWS, name="prepaid.tell")
def tell(entry_id: int) -> None:
    """Everybody a card's news concern finds them in the inbox."""
    prepaid.tell(entry_id=entry_id)
