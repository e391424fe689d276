"""Give up what a firm owes and will never pay."""

from uuid import UUID

from qiaojiejie.books import queries as books_queries
from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.core import clock, ids, money
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.disputes import facts
from qiaojiejie.disputes.errors import MoreThanOwed
from qiaojiejie.disputes.models import WriteOff
from qiaojiejie.firms import queries as firm_queries
from qiaojiejie.ledger import service as ledger


def write_off(*, actor: Actor, firm_id: UUID, amount_fen: int, reason: str) -> WriteOff:
    """The federation gives up ``amount_fen`` of what a firm owes: from then on it is a loss.

    Raises FirmNotFound, MoreThanOwed.
    """
    firm_queries.get(firm_id)
    account = books.firm_receivable(firm_id)
    books_service.lock(books.firm_payable(firm_id))  # whoever takes from a firm or sets off against it asks for this
    books_service.lock(account)
    owed = books_queries.balance(account)
    if amount_fen > owed:
        raise MoreThanOwed(owed=owed, owed_display=money.display(owed))
    made = WriteOff(id=ids.new(), firm_id=firm_id, amount_fen=amount_fen, reason=reason, left_fen=owed - amount_fen,
                    written_by=actor.account_id, written_at=clock.now())
    db.session.add(made)
    db.session.flush()
    books_service.post(kind="written_off", ref=str(made.id), lines=books.written_off(firm_id, amount_fen))
    ledger.append(facts.WRITTEN_OFF, subject=f"firm:{firm_id}", actor=actor.ref,
                  data={"amount": amount_fen, "write_off": str(made.id)})
    return made
