"""Tell the firm of the booking and the federation what a dispute is, and how it ends."""

from datetime import datetime
from uuid import UUID

from qiaojiejie.booking import queries as booking_queries
from qiaojiejie.booking.rules import wall
from qiaojiejie.core import clock, money
from qiaojiejie.core.access import FEDERATION, FIRM
from qiaojiejie.disputes import facts, queries
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.messages import service as messages

#: fact → the kind of notification
NEWS = {facts.OPENED: "dispute_opened", facts.ANSWERED: "dispute_answered", facts.REOPENED: "dispute_opened",
        facts.WON: "dispute_won", facts.LOST: "dispute_lost", facts.CLOSED: "dispute_won"}


def tell(*, entry_id: int) -> None:
    """Tell a fact about a dispute to the firm and the federation, once each."""
    entry = ledger_queries.get(entry_id)
    dispute = queries.get(UUID(entry.data["dispute"]))
    data = {"dispute": str(dispute.id), "amount": money.display(entry.data["amount"]),
            "due": _day(entry.data.get("due"))}
    accounts = {account for role in FEDERATION for account in identity.accounts_with(role)}
    if dispute.booking_id is not None:
        booking = booking_queries.get(dispute.booking_id)
        data |= {"booking": str(booking.id), "service_name": booking.service.name,
                 "start": wall(clock.local(booking.start))}
        accounts |= set(identity.accounts_in(booking.firm_id, *FIRM))
    for account_id in sorted(accounts):
        messages.notify(account_id=account_id, kind=NEWS[entry.fact], data=data, key=f"ledger:{entry_id}")


def _day(due: str | None) -> str | None:
    if due is None:
        return None
    return wall(clock.local(datetime.fromisoformat(due)))
