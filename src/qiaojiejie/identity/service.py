"""Signing in, who may act in which role, granting and ending roles, and the record of every unmasked look."""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from secrets import randbelow, token_urlsafe
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import bulk, clock, ids, jobs, limits
from qiaojiejie.core.access import ActingAsRequired, Actor, Role, RoleRequired
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import TooMany, Unauthorized
from qiaojiejie.core.secrets import blind, ring
from qiaojiejie.identity import facts, gateway, queries, rules
from qiaojiejie.identity.errors import (
    AccountClosed, BadPhone, BadRefreshToken, CodeLimit, LastAdministrator, MembershipNotFound, NotYoursToAppoint,
    OrganisationRequired, RefreshTokenReused, TryLimit, WrongCode)
from qiaojiejie.identity.models import Account, LoginCode, Look, Membership, RefreshToken, Session
from qiaojiejie.ledger import service as ledger


@dataclass(frozen=True)
class SignedIn:
    """A session with the refresh token just made for it (in plain, once), whose it is and what she may be."""

    session: Session
    refresh_token: str
    account: Account
    roles: Sequence[Membership]


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
        raise RoleRequired.of(allowed)
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
    account = queries.account(accounts_for(phones=[number])[number])
    if name and account.name is None:
        account.name = name  # type: ignore[assignment]
    return account


def accounts_for(*, phones: Collection[str]) -> dict[str, UUID]:
    """``account_for`` for many 11-digit numbers at once: number → account id."""
    index = {blind("phone", number): number for number in phones}
    if not index:
        return {}
    moment = clock.now()
    rows = [{"id": ids.new(), "phone": number, "phone_index": key, "created_at": moment}
            for key, number in sorted(index.items())]
    opened = bulk.insert(Account, rows, returning=["id"], skip_conflicts=True)
    ledger.append_many(facts.OPENED, about=[(f"account:{each.id}", {}) for each in opened], actor=ledger.SYSTEM)
    return {index[key]: account_id for key, account_id in queries.by_phone_indexes(list(index))}


def grant_many(*, account_ids: Collection[UUID], role: Role, org_id: UUID | None = None, by: str) -> None:
    """``grant`` for many accounts at once."""
    moment = clock.now()
    rows = [{"id": ids.new(), "account_id": account_id, "role": role, "org_id": org_id, "since": moment}
            for account_id in sorted(account_ids)]
    if rows:
        fresh = bulk.insert(Membership, rows, returning=["account_id"], skip_conflicts=True)
        data = {"role": role, "org": str(org_id) if org_id else None}
        ledger.append_many(facts.ROLE_GRANTED, about=[(f"account:{each.account_id}", data) for each in fresh], actor=by)


def grant(*, account_id: UUID, role: Role, org_id: UUID | None = None, by: str) -> Membership:
    """Give an account a role, in an organisation or in none; the membership it now has. Idempotent.

    ``by`` is an actor's ``ref`` or ``ledger.SYSTEM``.
    """
    grant_many(account_ids=[account_id], role=role, org_id=org_id, by=by)
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
    look_at_all(actor=actor, subjects=[subject], field=field, reason=reason)


def look_at_all(*, actor: Actor, subjects: Sequence[str], field: str, reason: str) -> None:
    """Record a look at the same field of many."""
    if subjects:
        db.session.execute(sa.insert(Look), [{
            "at": clock.now(), "account_id": actor.account_id, "role": actor.role, "org_id": actor.org_id,
            "subject": subject, "field": field, "reason": reason} for subject in subjects])


def appoint(*, actor: Actor, phone: str, role: Role, org_id: UUID | None) -> Membership:
    """Give the person of a phone a role: the federation any of its own and of firms, a manager brokers of her firm.

    Raises NotYoursToAppoint, OrganisationRequired, BadPhone.
    """
    if actor.role == Role.FIRM_MANAGER and org_id is None:
        org_id = actor.org_id
    if not rules.may_appoint(actor.role, actor.org_id, role, org_id):
        raise NotYoursToAppoint()
    if (org_id is None) == (role in rules.NEEDS_ORG):
        raise OrganisationRequired()
    return grant(account_id=account_for(phone=phone).id, role=role, org_id=org_id, by=actor.ref)


def dismiss(*, actor: Actor, membership_id: UUID) -> None:
    """End a role that ``actor`` may give. Raises MembershipNotFound, LastAdministrator."""
    ending = queries.membership(membership_id)
    role = Role(ending.role)
    if not rules.may_appoint(actor.role, actor.org_id, role, ending.org_id):
        raise MembershipNotFound()
    if role == Role.FEDERATION_ADMIN and len(queries.administrators()) < 2:
        raise LastAdministrator()
    end_role(account_id=ending.account_id, role=role, org_id=ending.org_id, by=actor.ref)


def become_household(*, actor: Actor) -> Membership:
    """Let a person with other roles act as a family too."""
    return grant(account_id=actor.account_id, role=Role.HOUSEHOLD, by=actor.ref)


def rename(*, actor: Actor, name: str) -> Account:
    """Set one's own name."""
    account = queries.account(actor.account_id, lock=True)
    account.name = name  # type: ignore[assignment]
    return account


def request_code(*, phone: str, address: str | None, purpose: str = rules.SIGN_IN) -> None:
    """Have a one-time code sent to an 11-digit mobile number; it replaces the one before for the same ``purpose``
    (``kind`` or ``kind:what``), is good for nothing else, and is worded by the template ``kind_code``.

    The work is the same whether or not the number has an account, which isn't even looked up. Raises CodeLimit.
    """
    terms, index = gateway.terms(), _code_index(phone, purpose)
    _count("codes", terms.limits.codes, phone, address, CodeLimit)  # one at a time for a phone from here on
    moment, last = clock.now(), queries.last_code_at(index)
    gap = timedelta(seconds=terms.limits.gap)
    if last is not None and moment - last < gap:
        raise CodeLimit(retry_after=int((last + gap - moment).total_seconds()) + 1)
    db.session.execute(sa.update(LoginCode).where(LoginCode.phone_index == index, LoginCode.burnt_at.is_(None))
                       .values(burnt_at=moment))
    code, code_id = terms.fixed_code or f"{randbelow(10 ** rules.CODE_DIGITS):0{rules.CODE_DIGITS}}", ids.new()
    db.session.add(LoginCode(id=code_id, phone_index=index, code_hash=_code_hash(phone, code_id, code),
                             sent_at=moment, expires_at=moment + rules.CODE_LIFE))
    db.session.flush()
    kind = f"{purpose.partition(':')[0]}_code"
    sealed = ring().seal(json.dumps({"phone": phone, "code": code, "kind": kind}), "sms")
    jobs.defer("identity.send_code", code_id=str(code_id), sealed=base64.b64encode(sealed).decode())


def send_code(*, code_id: UUID, sealed: str) -> None:
    """Send a code that can still be used; sent again it is the same message. Raises Unavailable."""
    if queries.live_code(code_id) is None:
        return
    opened = json.loads(ring().open(base64.b64decode(sealed), "sms"))
    minutes = int(rules.CODE_LIFE.total_seconds() // 60)
    gateway.terms().sms.send(opened["phone"], opened["kind"], {"code": opened["code"], "minutes": str(minutes)},
                             str(code_id))


def sign_in(*, phone: str, code: str, device: str, address: str | None) -> SignedIn:
    """Exchange a code for a session; the account is opened when the number has none. Raises WrongCode, TryLimit.

    A person without any role becomes a household. Raises AccountClosed when the account was closed.
    """
    _count("tokens", gateway.terms().limits.tokens, phone, address, TryLimit)
    _use_code(phone, code)
    account = account_for(phone=phone)
    if account.closed_at is not None:
        raise AccountClosed()
    if not queries.memberships(account.id):
        grant(account_id=account.id, role=Role.HOUSEHOLD, by=ledger.SYSTEM)
    session = Session(id=ids.new(), account_id=account.id, device=device[:200], created_at=clock.now(),
                      used_at=clock.now(), expires_at=sa.func.now() + rules.SESSION_LIFE)
    db.session.add(session)
    return _signed_in(session, account)


_TRY = sa.text("""
    UPDATE login_code SET tries = tries + 1, burnt_at = CASE WHEN tries + 1 >= :most THEN :now END
    WHERE phone_index = :phone AND burnt_at IS NULL AND expires_at > :now AND tries < :most
    RETURNING id, code_hash
""").bindparams(most=rules.CODE_TRIES)


def use_code(*, phone: str, code: str, address: str | None, purpose: str) -> None:
    """Use a code that was sent for ``purpose``. Raises WrongCode, TryLimit: both let stand what was written before."""
    _count("tokens", gateway.terms().limits.tokens, phone, address, TryLimit)
    _use_code(phone, code, purpose)


def _use_code(phone: str, code: str, purpose: str = rules.SIGN_IN) -> None:
    """Burn the live code of a phone if ``code`` is it. The try is counted, under the row's lock, before comparing."""
    moment = clock.now()
    live = db.session.execute(_TRY, {"phone": _code_index(phone, purpose), "now": moment}).one_or_none()
    code_id, expected = (live.id, live.code_hash) if live else (ids.new(), os.urandom(32))
    if not hmac.compare_digest(_code_hash(phone, code_id, code), expected):
        raise WrongCode()
    db.session.execute(sa.update(LoginCode).where(LoginCode.id == code_id).values(burnt_at=moment))


def _code_index(phone: str, purpose: str) -> bytes:
    return blind("phone", phone if purpose == rules.SIGN_IN else f"{phone}:{purpose}")


def _code_hash(phone: str, code_id: UUID, code: str) -> bytes:
    return blind("code", f"{phone}:{code_id}:{code}")


def _count(what: str, allowed: Sequence[rules.Limit], phone: str, address: str | None, refusal: type[TooMany]) -> None:
    counted = {"phone": phone, "address": rules.network(address)}
    for limit in allowed:
        bucket = blind(f"{what}:{limit.by}:{limit.seconds}", counted[limit.by])
        limits.hit(bucket, limit=limit.most, seconds=limit.seconds, refusal=refusal)


def refresh(*, refresh_token: str) -> SignedIn:
    """Exchange a refresh token, which is spent by it, for a new one; the session lives on another 30 days.

    Raises BadRefreshToken, or RefreshTokenReused, which ends the session: one of the two who used it stole it.
    """
    found = queries.refresh_token(hashlib.sha256(refresh_token.encode()).digest())
    if found is None:
        raise BadRefreshToken()
    token, session = found
    account = queries.account(session.account_id)
    if token.spent_at is not None:
        _end(session, "refresh token reused")
        ledger.append(facts.COMPROMISED, subject=f"account:{account.id}", actor=ledger.SYSTEM,
                      data={"session": str(session.id)})
        raise RefreshTokenReused()
    if account.closed_at is not None:
        raise BadRefreshToken()
    token.spent_at = session.used_at = clock.now()
    session.expires_at = sa.func.now() + rules.SESSION_LIFE
    return _signed_in(session, account)


def _signed_in(session: Session, account: Account) -> SignedIn:
    plain = token_urlsafe(32)
    db.session.flush()
    db.session.add(RefreshToken(token_hash=hashlib.sha256(plain.encode()).digest(), session_id=session.id,
                                expires_at=sa.func.now() + rules.SESSION_LIFE))
    db.session.flush()
    return SignedIn(session, plain, account, queries.memberships(account.id))


def end_session(*, actor: Actor, session_id: UUID) -> None:
    """Sign out one of one's own sessions; its tokens count no more from the next request on. Raises SessionNotFound."""
    session = queries.session(actor.account_id, session_id)
    if session.ended_at is None:
        _end(session, "signed out")


def _end(session: Session, because: str) -> None:
    session.ended_at, session.ended_because = clock.now(), because


def forget() -> None:
    """Delete codes out of date for a day and refresh tokens out of date."""
    db.session.execute(sa.delete(LoginCode).where(LoginCode.expires_at < clock.now() - timedelta(days=1)))
    db.session.execute(sa.delete(RefreshToken).where(RefreshToken.expires_at < sa.func.now()))
