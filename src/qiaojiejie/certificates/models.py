"""Awarding bodies, their keys, and the certificates they signed."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.certificates.lifecycle import BODY, CERTIFICATE
from qiaojiejie.certificates.rules.credential import Site
from qiaojiejie.certificates.rules.serials import REASONS
from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.workers.models import Worker


class AwardingBody(Model):
    """Who certifies: proposed by one officer, accredited by another, for some occupations.

    ``slug`` is its name in its DID and addresses; ``next_index`` the place of its next certificate in its status lists.
    """

    __tablename__ = "awarding_body"
    __table_args__ = (
        sa.CheckConstraint(BODY.check(), name="state"),
        sa.CheckConstraint("decided_by <> proposed_by", name="four_eyes"),
        sa.CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided"),
        sa.CheckConstraint("slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'", name="slug"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str]
    occupations: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    #: by what it may certify: a filing, a licence, a decision
    basis: Mapped[str]
    state: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    #: the public address this service had when the body was proposed: what its DID and its credentials' addresses say
    public_url: Mapped[str]
    next_index: Mapped[int] = mapped_column(server_default=sa.text("0"))
    keys: Mapped[list["BodyKey"]] = relationship(order_by="BodyKey.id", viewonly=True)

    @property
    def site(self) -> Site:
        """What its addresses are made of."""
        return Site(self.public_url)

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"body:{self.id}"


class BodyKey(Model):
    """An Ed25519 key of a body; its seed is sealed. One signs, retired ones still verify, compromised ones do not."""

    __tablename__ = "body_key"
    __table_args__ = (
        sa.CheckConstraint("octet_length(public) = 32", name="public"),
        sa.CheckConstraint("compromised_at IS NULL OR retired_at IS NOT NULL", name="compromised"),
        sa.Index("uq_body_key_signing", "body_id", unique=True, postgresql_where=sa.text("retired_at IS NULL")),
        sa.Index("ix_body_key_body", "body_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    body_id: Mapped[UUID] = mapped_column(sa.ForeignKey("awarding_body.id"))
    #: RFC 7638 thumbprint: its name in the DID document
    kid: Mapped[str] = mapped_column(unique=True)
    public: Mapped[bytes]
    seed: Mapped[Sealed] = mapped_column(Encrypted("text"))
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    compromised_at: Mapped[datetime | None]


class Certificate(Model):
    """A certificate issued here: what it says, the credential (VC-JWT) that says it signed, and whether it stands.

    ``nonce`` makes the hash of the holder's identity in the credential impossible to guess; she alone gets it.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        sa.CheckConstraint(CERTIFICATE.check(), name="state"),
        sa.CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL) AND (state = 'revoked') = (reason IS NOT "
                           "NULL) AND (state = 'revoked') = (revoked_by IS NOT NULL)", name="revoked"),
        sa.CheckConstraint(f"reason IN ({', '.join(map(repr, REASONS))})", name="reason"),
        sa.CheckConstraint("valid_until > issued_on", name="validity"),
        sa.UniqueConstraint("body_id", "status_index"),
        sa.Index("ix_certificate_worker", "worker_id", "id"),
        sa.Index("ix_certificate_revoked", "body_id", "status_index", postgresql_where=sa.text("state = 'revoked'")),
        sa.Index("ix_certificate_key", "key_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    serial: Mapped[str] = mapped_column(unique=True)
    body_id: Mapped[UUID] = mapped_column(sa.ForeignKey("awarding_body.id"))
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker_document.id"), unique=True)
    key_id: Mapped[UUID] = mapped_column(sa.ForeignKey("body_key.id"))
    state: Mapped[str]
    occupation: Mapped[str] = mapped_column(sa.ForeignKey("occupation.code"))
    level: Mapped[int | None]
    title: Mapped[str]
    title_en: Mapped[str]
    hours: Mapped[int]
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    assessed_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    #: what was passed ("assessment:…"): one certificate for it
    ref: Mapped[str] = mapped_column(unique=True)
    status_index: Mapped[int]
    nonce: Mapped[Sealed] = mapped_column(Encrypted("text"))
    credential: Mapped[str]
    sha256: Mapped[str]
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    reason: Mapped[str | None]
    #: what the federation keeps beside the reason; shown to her, her firm and the federation
    note: Mapped[str | None]
    body: Mapped[AwardingBody] = relationship(viewonly=True)
    worker: Mapped[Worker] = relationship(viewonly=True)
