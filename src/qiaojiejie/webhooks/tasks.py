"""What webhooks do by themselves: send, send again, take up what was lost, forget."""

from uuid import UUID

from qiaojiejie.core import jobs
from qiaojiejie.ledger import service as ledger
from qiaojiejie.webhooks import queries, rules
from qiaojiejie.webhooks import service as webhooks


@ledger.follows(*rules.KINDS, name="webhooks.fan_out", only=queries.heard)
def fan_out(entry_id: int) -> None:
    """Every endpoint of the firm that hears of the fact gets a delivery."""
    webhooks.fan_out(entry_id=entry_id)


@jobs.task("webhooks.send")
def send(delivery_id: str) -> None:
    """One attempt; when the next is due is in the row, not in the queue."""
    webhooks.send(delivery_id=UUID(delivery_id))


@jobs.every(5)
def take_up() -> None:
    """Deliveries that are due."""
    webhooks.take_up()


@jobs.every(3600)
def forget() -> None:
    """Deliveries of more than 30 days ago."""
    webhooks.forget()
