"""What payouts do by themselves. Each job may run twice and calls Stripe with nothing locked."""

from uuid import UUID

from qiaojiejie.core import jobs
from qiaojiejie.inbox import service as inbox
from qiaojiejie.payouts.queries import items
from qiaojiejie.payouts.service import batches, sending


@jobs.task("payouts.fill")
def fill(batch_id: str) -> None:
    """Go through the firms of a batch."""
    batches.fill(batch_id=UUID(batch_id))


@jobs.task("payouts.give_back")
def give_back() -> None:
    """Give back what batches that were refused set aside."""
    batches.give_back()


@jobs.task("payouts.transfer")
def transfer(item_id: str) -> None:
    """Have Stripe pay an item."""
    sending.transfer(item_id=UUID(item_id))


@inbox.receives("tr_", name="payouts.look_at_transfer")
def look_at_transfer(transfer_id: str) -> None:
    """A webhook spoke of a transfer: ask Stripe how it stands."""
    sending.look_at(transfer_id=transfer_id)


@jobs.every(60)
def resume() -> None:
    """Batches whose job was lost."""
    batches.resume()


@jobs.every(30)
def send_again() -> None:
    """Transfers of which nothing was heard for a while."""
    for item_id in items.mark_stale():
        jobs.defer("payouts.transfer", item_id=str(item_id))
