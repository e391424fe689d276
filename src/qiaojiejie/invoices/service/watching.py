"""What happens to requests without anybody asking: money moves, days pass, people are told."""

from uuid import UUID

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.rules import wall
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.core.money import display
from qiaojiejie.invoices import facts
from qiaojiejie.invoices.models import InvoiceRequest
from qiaojiejie.invoices.queries import money, requests
from qiaojiejie.invoices.service.requests import record
from qiaojiejie.ledger import queries as entries, service as ledger
from qiaojiejie.messages import service as messages

#: fact → the kind of notification and who is told
NEWS = {facts.REQUESTED: ("invoice_requested", ("firm",)),
        facts.ISSUED: ("invoice_issued", ("household",)),
        facts.REFUSED: ("invoice_refused", ("household",)),
        facts.WITHDRAWN: ("invoice_withdrawn", ("firm",)),
        facts.VOIDED: ("invoice_voided", ("household",)),
        facts.AMOUNT_CHANGED: ("invoice_amount_changed", ("household", "firm")),
        facts.OVERDUE: ("invoice_overdue", ("firm",))}
#: requests seen to in one go
BATCH = 200


def compare(*, booking_id: UUID) -> None:
    """Flag a booking's live request when something else is kept than it says; each new amount is told once."""
    booking = bookings.get(booking_id, lock=True)
    found = requests.find_live(booking_id, lock=True)
    if found is None:
        return
    kept = money.kept(booking)
    if kept == (found.amount_fen if found.kept_fen is None else found.kept_fen):
        return
    found.kept_fen = None if kept == found.amount_fen else kept
    db.session.flush()
    if found.kept_fen is not None:
        record(facts.AMOUNT_CHANGED, found, ledger.SYSTEM, state=found.state, kept=kept)


def compare_changed() -> None:
    """Flag requests whose booking's money moved although the job that says so was lost."""
    for booking_id in money.changed(BATCH):
        compare(booking_id=booking_id)


def warn_late() -> None:
    """Firms are told of requests they are late with, once."""
    for found in requests.late(clock.today(), BATCH):
        found.overdue_at = clock.now()
        record(facts.OVERDUE, found, ledger.SYSTEM, due_on=found.due_on.isoformat())
    db.session.flush()


def tell(*, entry_id: int) -> None:
    """Tell everybody a fact about a request concerns, once each."""
    entry = entries.get(entry_id)
    found = requests.get(UUID(entry.subject.partition(":")[2]))
    kind, parties = NEWS[entry.fact]
    data = _words(found, entry.data.get("kept"))
    accounts = requests.accounts_of(found)
    for account_id in (account_id for party in parties for account_id in accounts[party]):
        messages.notify(account_id=account_id, kind=kind, data=data, key=f"ledger:{entry_id}")


def _words(found: InvoiceRequest, kept: int | None) -> dict[str, str | None]:
    return {"invoice_request": str(found.id), "booking": str(found.booking_id),
            "service_name": found.booking.service.name, "start": wall(clock.local(found.booking.start)),
            "amount": display(found.amount_fen), "kept": None if kept is None else display(kept),
            "due": f"{found.due_on.month}月{found.due_on.day}日", "reason": found.reason_name}
