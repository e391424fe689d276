"""What every step of an item leaves behind: its fact, and word to the firm."""

from typing import Any

from qiaojiejie.core import money
from qiaojiejie.core.access import Role
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.payouts.models import PayoutItem


def key(item: PayoutItem) -> str:
    """What setting an item aside is booked under: it may be given back and set aside anew."""
    return str(item.id) if item.times == 1 else f"{item.id}:{item.times}"


def about(item: PayoutItem, **more: Any) -> tuple[str, dict[str, Any]]:
    """Subject and data of a fact about an item."""
    return f"firm:{item.firm_id}", {"item": str(item.id), **{"amount": item.amount_fen, **more}}


def record(fact: str, item: PayoutItem, by: str, **more: Any) -> None:
    """Write a fact about an item; ``by``: who did it, as the ledger names her."""
    subject, data = about(item, **more)
    ledger.append(fact, subject=subject, actor=by, data=data)


def tell(kind: str, item: PayoutItem, amount: int, times: str = "") -> None:
    """Tell the firm's managers; once, or once for each of ``times``."""
    for account_id in identity.accounts_in(item.firm_id, Role.FIRM_MANAGER):
        messages.notify(account_id=account_id, kind=kind, key=f"{kind}:{item.id}{times}", data={
            "item": str(item.id), "number": item.number, "amount": money.display(amount),
            "through": str(item.through)})
