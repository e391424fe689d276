"""Where a firm listens, what was sent there, how each attempt was answered."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.webhooks.lifecycle import DELIVERY, ENDPOINT


class WebhookEndpoint(Model):
    """An address of a firm, the kinds of event it hears, the secret its events are signed with."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (sa.CheckConstraint(ENDPOINT.check(), name="state"),
                      sa.Index("ix_webhook_endpoint_firm", "firm_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    state: Mapped[str]
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(JSONB)
    secret: Mapped[Sealed] = mapped_column(Encrypted("text"))
    previous_secret: Mapped[Sealed | None] = mapped_column(Encrypted("text"))
    #: until when events are signed with the secret before, too
    previous_until: Mapped[datetime | None]
    #: since when nothing has been delivered although it was tried
    failing_since: Mapped[datetime | None]
    added_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    added_at: Mapped[datetime]

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"webhook:{self.id}"

    @property
    def host(self) -> str:
        """Whose address it is, without what may be secret in it."""
        return urlsplit(self.url).hostname or ""

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return ENDPOINT.states[self.state]

    def secrets_at(self, now: datetime) -> list[str]:
        """The secrets events are signed with now, newest first."""
        before = self.previous_secret if self.previous_until and now < self.previous_until else None
        return [each.reveal() for each in (self.secret, before) if each]


class WebhookDelivery(Model):
    """An event for an endpoint, once; the same bytes at each attempt."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        sa.CheckConstraint(DELIVERY.check(), name="state"),
        sa.UniqueConstraint("endpoint_id", "entry_id"),
        sa.Index("ix_webhook_delivery_endpoint", "endpoint_id", "id"),
        sa.Index("ix_webhook_delivery_due", "next_at", postgresql_where=sa.text("state = 'pending'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    endpoint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("webhook_endpoint.id"))
    #: the ledger's entry it tells of; none for a test event
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ledger_entry.id"))
    event: Mapped[str]
    kind: Mapped[str]
    body: Mapped[str]
    state: Mapped[str]
    #: attempts in all, and since it was last begun anew
    attempts: Mapped[int]
    tries: Mapped[int]
    #: when it is due; while an attempt runs, when that counts as lost
    next_at: Mapped[datetime]
    #: when its job counts as lost
    queued_until: Mapped[datetime]
    #: when it is given up
    until: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(index=True)
    delivered_at: Mapped[datetime | None]

    endpoint: Mapped[WebhookEndpoint] = relationship(viewonly=True)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return DELIVERY.states[self.state]

    @property
    def due_at(self) -> datetime | None:
        """When it is tried next; None when it is over."""
        return self.next_at if self.state == "pending" else None

    @property
    def url(self) -> Any:
        """Where it goes."""
        return self.endpoint.url


class WebhookAttempt(Model):
    """One attempt; without an end when the process that made it died, and nobody knows whether it arrived."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (sa.UniqueConstraint("delivery_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    delivery_id: Mapped[UUID] = mapped_column(sa.ForeignKey("webhook_delivery.id", ondelete="CASCADE"))
    number: Mapped[int]
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    status: Mapped[int | None]
    failure: Mapped[str | None]
    took_ms: Mapped[int | None]
