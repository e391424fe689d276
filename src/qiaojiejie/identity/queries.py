"""Read accounts, memberships, sessions and looks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db, read
from qiaojiejie.core.errors import NotFound
from qiaojiejie.core.secrets import blind
from qiaojiejie.identity.errors import MembershipNotFound, SessionNotFound
from qiaojiejie.identity.models import Account, LoginCode, Look, Membership, RefreshToken, Session

#: Sign-in lives by the database's own clock, as a token's expiry does: the demo's movable clock signs nobody out.
_HELD = """
    SELECT m.role, m.org_id FROM session s
    JOIN account a ON a.id = s.account_id AND a.closed_at IS NULL
    LEFT JOIN membership m ON m.account_id = s.account_id AND m.ended_at IS NULL
    WHERE s.id = :session AND s.account_id = :account AND s.ended_at IS NULL AND s.expires_at > now()
"""


def held(account_id: UUID, session_id: UUID) -> list[tuple[Role, UUID | None]] | None:
    """The (role, organisation) pairs an account holds, in one query; None when that session of hers is not alive."""
    rows = read(_HELD, {"session": session_id, "account": account_id}, beside=True)
    if not rows:
        return None
    return [(Role(row.role), row.org_id) for row in rows if row.role is not None]


def account(account_id: UUID, lock: bool = False) -> Account:
    """An account by its id. Raises NotFound."""
    found = db.session.get(Account, account_id, with_for_update={"key_share": True} if lock else None)
    if found is None:
        raise NotFound()
    return found


def find_by_phone(phone: str) -> Account | None:
    """The account of an 11-digit mobile number, if it has one."""
    return db.session.scalar(sa.select(Account).where(Account.phone_index == blind("phone", phone)))


def by_phone_indexes(indexes: Sequence[bytes]) -> list[tuple[bytes, UUID]]:
    """(blind index of the phone, account id) of the accounts that have one of these phones; locked in id order."""
    stmt = sa.select(Account.phone_index, Account.id).where(Account.phone_index.in_(indexes)).order_by(Account.id)
    stmt = stmt.with_for_update(key_share=True)
    return [(row.phone_index, row.id) for row in db.session.execute(stmt)]


def accounts_in(org_id: UUID, *roles: Role) -> list[UUID]:
    """Ids of the accounts now in a firm or station, in any of ``roles`` (in any role when none is named)."""
    stmt = sa.select(Membership.account_id).distinct().where(Membership.org_id == org_id, Membership.ended_at.is_(None))
    if roles:
        stmt = stmt.where(Membership.role.in_(roles))
    return list(db.session.scalars(stmt.order_by(Membership.account_id)))


def accounts_with(role: Role) -> list[UUID]:
    """Ids of the accounts now in a role that belongs to no organisation, such as the federation's."""
    stmt = sa.select(Membership.account_id).where(Membership.role == role, Membership.ended_at.is_(None),
                                                  Membership.org_id.is_(None))
    return list(db.session.scalars(stmt.order_by(Membership.account_id)))


def memberships(account_id: UUID) -> Sequence[Membership]:
    """The roles an account holds now, oldest first."""
    stmt = sa.select(Membership).where(Membership.account_id == account_id, Membership.ended_at.is_(None))
    return db.session.scalars(stmt.order_by(Membership.since, Membership.id)).all()


def membership(membership_id: UUID, lock: bool = False) -> Membership:
    """A live membership. Raises MembershipNotFound."""
    found = db.session.get(Membership, membership_id, with_for_update=True if lock else None)
    if found is None or found.ended_at is not None:
        raise MembershipNotFound()
    return found


def membership_of(account_id: UUID, role: Role, org_id: UUID | None, lock: bool = False) -> Membership | None:
    """The live membership of an account in a role and organisation."""
    stmt = sa.select(Membership).where(
        Membership.account_id == account_id, Membership.role == role, Membership.ended_at.is_(None),
        Membership.org_id.is_not_distinct_from(org_id))
    return db.session.scalar(stmt.with_for_update() if lock else stmt)


def session(account_id: UUID, session_id: UUID) -> Session:
    """One of an account's sessions, ended or not, locked. Raises SessionNotFound."""
    stmt = sa.select(Session).where(Session.id == session_id, Session.account_id == account_id)
    found = db.session.scalar(stmt.with_for_update())
    if found is None:
        raise SessionNotFound()
    return found


def sessions(account_id: UUID, *, cursor: str | None, limit: int) -> paging.Page:
    """Where an account is signed in now, newest first."""
    stmt = sa.select(Session).where(Session.account_id == account_id, Session.ended_at.is_(None),
                                    Session.expires_at > sa.func.now())
    return paging.keyset(stmt, [Session.created_at, Session.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("sessions", account_id))


def refresh_token(token_hash: bytes) -> tuple[RefreshToken, Session] | None:
    """An unexpired refresh token and its live session, both locked (the session first), if there is one."""
    owner = sa.select(RefreshToken.session_id).where(RefreshToken.token_hash == token_hash).scalar_subquery()
    family = db.session.scalar(sa.select(Session).where(
        Session.id == owner, Session.ended_at.is_(None), Session.expires_at > sa.func.now()).with_for_update())
    if family is None:
        return None
    token = db.session.scalar(sa.select(RefreshToken).where(
        RefreshToken.token_hash == token_hash, RefreshToken.expires_at > sa.func.now()).with_for_update())
    return None if token is None else (token, family)


def last_code_at(phone_index: bytes) -> datetime | None:
    """When a code was last sent to a phone."""
    stmt = sa.select(LoginCode.sent_at).where(LoginCode.phone_index == phone_index)
    return db.session.scalar(stmt.order_by(LoginCode.sent_at.desc()).limit(1))


def live_code(code_id: UUID) -> LoginCode | None:
    """A code that may still be used, by its id."""
    return db.session.scalar(sa.select(LoginCode).where(
        LoginCode.id == code_id, LoginCode.burnt_at.is_(None), LoginCode.expires_at > clock.now()))


def administrators() -> Sequence[Membership]:
    """The federation's live administrators, locked in the order of their ids."""
    stmt = sa.select(Membership).where(Membership.role == Role.FEDERATION_ADMIN, Membership.ended_at.is_(None),
                                       Membership.org_id.is_(None))
    return db.session.scalars(stmt.order_by(Membership.id).with_for_update()).all()


def looks(subject: str, *, cursor: str | None, limit: int) -> paging.Page:
    """Unmasked looks at a subject's data (``account:<id>``, ``worker:<id>``), newest first."""
    stmt = sa.select(Look).where(Look.subject == subject)
    return paging.keyset(stmt, [Look.id], cursor=cursor, limit=limit, scope=paging.scope_of("looks", subject))
