"""Say where a firm is paid, and have the federation verify it."""

from typing import Any
from uuid import UUID

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.firms import queries as firms
from qiaojiejie.identity import queries as identity
from qiaojiejie.identity import service as identity_service
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.payouts import facts
from qiaojiejie.payouts.errors import PayoutAccountIncomplete
from qiaojiejie.payouts.lifecycle import ACCOUNT
from qiaojiejie.payouts.models import PayoutAccount
from qiaojiejie.payouts.queries import accounts as queries

#: what an account of each kind has
PARTS = {"bank": {"bank_name", "branch", "number"}, "stripe": {"stripe_account"}}


def set_account(*, actor: Actor, firm_id: UUID, kind: str, **parts: str | None) -> PayoutAccount:
    """The firm's manager says where to pay it from now on; it is paid there once the federation verified it.

    Raises FirmNotFound, PayoutAccountIncomplete.
    """
    firm = firms.of_member(actor, firm_id, lock=True)
    if {name for name, value in parts.items() if value} != PARTS[kind]:
        raise PayoutAccountIncomplete()
    before = queries.live(firm.id, lock=True)
    if before is not None:
        ACCOUNT.move(before, "replace", party="firm")
        db.session.flush()
    made = PayoutAccount(id=ids.new(), firm_id=firm.id, kind=kind, state=ACCOUNT.initial, set_by=actor.account_id,
                         set_at=clock.now(), note="", **parts)
    db.session.add(made)
    db.session.flush()
    _record(facts.ACCOUNT_SET, made, actor)
    return queries.get(made.id)


def decide(*, actor: Actor, account_id: UUID, step: str, note: str) -> PayoutAccount:
    """The federation verifies an account or refuses it. Raises PayoutAccountNotFound, StepNotPossible."""
    found = queries.get(account_id, lock=True)
    row = ACCOUNT.move(found, step, party="federation")
    found.decided_by, found.decided_at, found.note = actor.account_id, clock.now(), note
    db.session.flush()
    _record(row.fact, found, actor)
    for manager in identity.accounts_in(found.firm_id, Role.FIRM_MANAGER):
        messages.notify(account_id=manager, kind=f"payout_account_{found.state}", key=f"payout_account:{found.id}",
                        data={"account": str(found.id), "note": note or None})
    return found


def reveal(*, actor: Actor, account_id: UUID, reason: str) -> dict[str, Any]:
    """The whole number, to the firm's manager and the federation; the look is recorded. Raises PayoutAccountNotFound.
    """
    found = queries.visible(actor, account_id)
    identity_service.look(actor=actor, subject=f"firm:{found.firm_id}", field="bank_account", reason=reason)
    return {"number": found.number.reveal() if found.number else None, "stripe_account": found.stripe_account}


def _record(fact: str, found: PayoutAccount, actor: Actor) -> None:
    ledger.append(fact, subject=f"firm:{found.firm_id}", actor=actor.ref,
                  data={"account": str(found.id), "kind": found.kind})
