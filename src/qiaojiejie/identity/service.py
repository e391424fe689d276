"""Who may act, and in which role; opening accounts, granting and ending roles; the record of every unmasked look."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import ActingAsRequired, Actor, Role, RoleRequired
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Unauthorized
from qiaojiejie.core.secrets import blind
from qiaojiejie.identity import facts, queries, rules
from qiaojiejie.identity.errors import BadPhone
from qiaojiejie.identity.models import Account, Look, Membership
from qiaojiejie.ledger import service as ledger


def authority(account_id: UUID, session_id: UUID, role: Role | None, org_id: UUID | None,
              allowed: frozenset[Role]) -> Actor:
    """Who a token stands for, acting in one of ``allowed`` (empty: any role, it matters to nobody which).

    Raises Unauthorized (session ended or expired, account closed), RoleRequired (none of hers is allowed, or not
    the one she named), ActingAsRequired (several would do and she named none).
    """
    held = queries.held(account_id, session_id)
    if held is None:
        raise Unauthorized()
    fit = rules.fitting(held, role=role, org_id=org_id, allowed=allowed)
    if not fit:
        raise RoleRequired(roles=", ".join(each for each in Role if not allowed or each in allowed))
    if len(fit) > 1 and allowed:
        raise ActingAsRequired()
    return Actor(account_id, session_id, *fit[0])


def account_for(*, phone: str, name: str | None = None) -> Account:
    """The account of a mobile number, opened when there is none; ``name`` is kept when the account has none yet.

    Raises BadPhone.
    """
    number = rules.mobile(phone)
    if number is None:
        raise BadPhone()
    stmt = insert(Account).values(id=ids.new(), phone=number, phone_index=blind("phone", number), name=name,
                                  created_at=clock.now())
    stmt = stmt.on_conflict_do_nothing(index_elements=[Account.phone_index])
    opened = db.session.scalar(stmt.returning(Account.id))
    account = queries.find_by_phone(number)
    assert account is not None  # it was there or has just been written, and accounts are never deleted
    if opened is not None:
        ledger.append(facts.OPENED, subject=f"account:{account.id}", actor=ledger.SYSTEM)
    elif name and account.name is None:
        account.name = name  # type: ignore[assignment]
    return account


def grant(*, account_id: UUID, role: Role, org_id: UUID | None = None, by: str) -> Membership:
    """Give an account a role, in an organisation or in none; the membership it now has. Idempotent.

    ``by`` is an actor's ``ref`` or ``ledger.SYSTEM``.
    """
    stmt = insert(Membership).values(id=ids.new(), account_id=account_id, role=role, org_id=org_id, since=clock.now())
    fresh = db.session.scalar(stmt.on_conflict_do_nothing().returning(Membership.id))
    if fresh is not None:
        ledger.append(facts.ROLE_GRANTED, subject=f"account:{account_id}", actor=by,
                      data={"role": role, "org": str(org_id) if org_id else None})
    held = queries.membership_of(account_id, role, org_id)
    return held if held is not None else grant(account_id=account_id, role=role, org_id=org_id, by=by)


def end_role(*, account_id: UUID, role: Role, org_id: UUID | None, by: str) -> None:
    """Take a role away; nothing happens when the account does not hold it. It counts from the next request on."""
    held = queries.membership_of(account_id, role, org_id, lock=True)
    if held is None:
        return
    held.ended_at = clock.now()
    ledger.append(facts.ROLE_ENDED, subject=f"account:{account_id}", actor=by,
                  data={"role": role, "org": str(org_id) if org_id else None})


def look(*, actor: Actor, subject: str, field: str, reason: str) -> None:
    """Record an unmasked look, before the value is shown: who, as what, at whose (``kind:id``), which field, why."""
    db.session.execute(sa.insert(Look).values(
        at=clock.now(), account_id=actor.account_id, role=actor.role, org_id=actor.org_id, subject=subject,
        field=field, reason=reason))
