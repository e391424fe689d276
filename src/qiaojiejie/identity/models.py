"""Accounts, memberships, one-time codes, sessions and refresh tokens, and the looks."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed

ROLES = ", ".join(f"'{role}'" for role in Role)


class Account(Model):
    """A person who can sign in, known by her phone."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    phone: Mapped[Sealed] = mapped_column(Encrypted("phone"))
    phone_index: Mapped[bytes] = mapped_column(unique=True)
    name: Mapped[Sealed | None] = mapped_column(Encrypted("name"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Membership(Model):
    """An account in a role; ``org_id`` is the firm or station, null where the role needs none."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.CheckConstraint(f"role IN ({ROLES})", name="role"),
        sa.Index("uq_membership_live", "account_id", "role", "org_id", unique=True,
                 postgresql_where=sa.text("ended_at IS NULL"), postgresql_nulls_not_distinct=True),
        sa.Index("ix_membership_org", "org_id", "role", postgresql_where=sa.text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    role: Mapped[str]
    org_id: Mapped[UUID | None]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def acting_as(self) -> str:
        """What names this role in the X-Acting-As header."""
        return f"{self.role}:{self.org_id}" if self.org_id else self.role


class LoginCode(Model):
    """A one-time code sent to a phone: stored hashed, five tries, five minutes, then burnt; one unburnt a phone and
    purpose: ``phone_index`` is of both, of the phone alone for signing in."""

    __tablename__ = "login_code"
    __table_args__ = (sa.Index("ix_login_code_phone", "phone_index", "sent_at"),
                      sa.Index("uq_login_code_live", "phone_index", unique=True,
                               postgresql_where=sa.text("burnt_at IS NULL")),
                      sa.Index("ix_login_code_expires_at", "expires_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    phone_index: Mapped[bytes]
    code_hash: Mapped[bytes]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    burnt_at: Mapped[datetime | None]


class Session(Model):
    """A sign-in on one device: the family of refresh tokens that grew from it."""

    __tablename__ = "session"
    __table_args__ = (sa.Index("ix_session_account", "account_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    device: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]


class RefreshToken(Model):
    """One refresh token, known by its SHA-256; spent when it is exchanged; used again it ends its session."""

    __tablename__ = "refresh_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    spent_at: Mapped[datetime | None]


class Look(Model):
    """One unmasked look at a personal value: who, acting as what, at whose, which field, and why. Append-only."""

    __tablename__ = "look"
    __table_args__ = (sa.Index("ix_look_subject", "subject", "id"), sa.Index("ix_look_account", "account_id", "id"))

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[UUID]
    role: Mapped[str]
    org_id: Mapped[UUID | None]
    subject: Mapped[str]
    field: Mapped[str]
    reason: Mapped[str]
