"""Who is asking, and in which of her roles. Every route says who may: ``@allow(…)`` or ``@public``."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from typing import Any, Self
from uuid import UUID

from flask import current_app, g, request
from flask_jwt_extended import get_jwt, verify_jwt_in_request

from qiaojiejie.core import idempotency
from qiaojiejie.core.db import SAFE_METHODS, from_primary
from qiaojiejie.core.errors import Forbidden, Unauthorized


class Role(StrEnum):
    """What an account may be, in one organisation or in none."""

    HOUSEHOLD = "household"
    WORKER = "worker"
    FIRM_MANAGER = "firm_manager"
    BROKER = "broker"
    STATION_CLERK = "station_clerk"
    TRAINER = "trainer"
    MEDIATOR = "mediator"
    FEDERATION_AUDITOR = "federation_auditor"
    FEDERATION_ADMIN = "federation_admin"


#: how people call the roles
ROLE_NAMES = {
    Role.HOUSEHOLD: "家庭", Role.WORKER: "家政服务员", Role.FIRM_MANAGER: "企业经理", Role.BROKER: "家政经纪人",
    Role.STATION_CLERK: "工作站值班员", Role.TRAINER: "培训老师", Role.MEDIATOR: "调解员",
    Role.FEDERATION_AUDITOR: "妇联审核员", Role.FEDERATION_ADMIN: "妇联管理员",
}

FIRM = (Role.FIRM_MANAGER, Role.BROKER)
FEDERATION = (Role.FEDERATION_AUDITOR, Role.FEDERATION_ADMIN)


class ActingAsRequired(Forbidden):
    """您有多个身份，请用 X-Acting-As 指明以哪个身份操作（例如 household 或 firm_manager:机构编号）。
    You have several roles; name one in X-Acting-As, such as household or firm_manager:<organisation id>."""


class RoleRequired(Forbidden):
    """此操作仅限以下身份：{role_names}。
    Only these roles may do this: {roles}."""

    @classmethod
    def of(cls, allowed: Collection[Role]) -> Self:
        """The refusal where only ``allowed`` may (empty: anybody with a role)."""
        roles = [each for each in Role if not allowed or each in allowed]
        return cls(roles=", ".join(roles), role_names="、".join(ROLE_NAMES[each] for each in roles))


@dataclass(frozen=True)
class Actor:
    """An account acting in one role: ``org_id`` is the firm or station, None for household, worker, federation.

    ``by``: whose hand it is, where a clerk acts for a household by its mandate.
    """

    account_id: UUID
    session_id: UUID
    role: Role
    org_id: UUID | None
    by: UUID | None = None

    @property
    def ref(self) -> str:
        """How the ledger names her: whose hand it is."""
        return f"account:{self.by or self.account_id}"

    def acting_for(self, account_id: UUID) -> Self:
        """A household, acted for by this one."""
        return replace(self, account_id=account_id, role=Role.HOUSEHOLD, org_id=None, by=self.account_id)


#: (account id, session id, role or None, organisation or None, allowed roles) → Actor; raises Unauthorized, Forbidden.
#: No allowed roles: any will do and it matters to nobody which, so a caller with several need not name one.
Authority = Callable[[UUID, UUID, Role | None, UUID | None, frozenset[Role]], Actor]


def actor() -> Actor:
    """Who is asking. Only inside a route that ``@allow`` guards."""
    return g.actor


def acting_as() -> tuple[Role | None, UUID | None]:
    """What the X-Acting-As header names: ``role`` or ``role:organisation``. Raises ActingAsRequired when malformed."""
    value = request.headers.get("X-Acting-As", "")
    if not value:
        return None, None
    role, _, org = value.partition(":")
    try:
        return Role(role), UUID(org) if org else None
    except ValueError as broken:
        raise ActingAsRequired() from broken


def _named_in_token() -> tuple[UUID, UUID]:
    claims = get_jwt()
    try:
        return UUID(claims["sub"]), UUID(claims["sid"])
    except (KeyError, ValueError, TypeError) as foreign:  # signed by us, but not an access token of a session
        raise Unauthorized() from foreign


def allow(*roles: Role) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Guard a route: a live session acting in one of ``roles``; when none is named, in any, and it matters not which.

    A mutation's ``Idempotency-Key`` is honoured here, once it is known whose it is.
    """
    wanted = frozenset(roles)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            verify_jwt_in_request()
            g.actor = who = _authorise(wanted)
            if request.method not in SAFE_METHODS:
                replay = idempotency.begin(str(who.account_id))
                if replay is not None:
                    return replay
            return view(*args, **kwargs)

        guarded._roles = tuple(sorted(wanted or Role))  # type: ignore[attr-defined]
        return guarded

    return decorate


def visitor() -> Actor | None:
    """Who is asking at a ``@public`` route that shows the signed-in more; None when she does not say.

    Raises Unauthorized when she says it with a token that is over, as elsewhere.
    """
    if verify_jwt_in_request(optional=True) is None:
        return None
    return _authorise(frozenset())


def _authorise(wanted: frozenset[Role]) -> Actor:
    authority: Authority = current_app.extensions["authority"]
    with from_primary():  # a session that is over is over at once
        return authority(*_named_in_token(), *acting_as(), wanted)


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a route as open to anyone, signed in or not."""
    view._public = True  # type: ignore[attr-defined]
    return view


def fresh(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a read that a replica must not answer: its address is a secret that may have been taken back, it writes, or
    who asks twice must never see less the second time."""

    @wraps(view)
    def at_the_primary(*args: Any, **kwargs: Any) -> Any:
        with from_primary():
            return view(*args, **kwargs)

    return at_the_primary
