"""Read endpoints, deliveries and attempts, and lock them; who listens for a fact; what is due."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, metrics, paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, read
from qiaojiejie.firms.models import Firm
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.ledger.service import Written
from qiaojiejie.webhooks import rules
from qiaojiejie.webhooks.errors import WebhookDeliveryNotFound, WebhookEndpointNotFound
from qiaojiejie.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint

_THERE = WebhookEndpoint.state != "removed"


def endpoint(actor: Actor, id: UUID, lock: bool = False) -> WebhookEndpoint:
    """An endpoint of the actor's firm. Raises WebhookEndpointNotFound."""
    stmt = sa.select(WebhookEndpoint).where(WebhookEndpoint.id == id, WebhookEndpoint.firm_id == actor.org_id, _THERE)
    found = db.session.scalars(stmt.with_for_update(key_share=True) if lock else stmt).one_or_none()
    if found is None:
        raise WebhookEndpointNotFound()
    return found


def endpoint_locked(id: UUID) -> WebhookEndpoint:
    """An endpoint as it now stands, whose ever it is."""
    return db.session.get_one(WebhookEndpoint, id, with_for_update={"key_share": True}, populate_existing=True)


def endpoints(actor: Actor, *, cursor: str | None, limit: int) -> paging.Page:
    """The endpoints of the actor's firm, newest first, one page."""
    stmt = sa.select(WebhookEndpoint).where(WebhookEndpoint.firm_id == actor.org_id, _THERE)
    return paging.keyset(stmt, [WebhookEndpoint.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("webhook-endpoints", actor.org_id))


def count_locked(firm_id: UUID) -> int:
    """How many endpoints a firm has; nobody adds one to it until this transaction ends."""
    db.session.execute(sa.select(Firm.id).where(Firm.id == firm_id).with_for_update(key_share=True))
    return db.session.scalar(sa.select(sa.func.count()).select_from(WebhookEndpoint).where(
        WebhookEndpoint.firm_id == firm_id, _THERE)) or 0


def firm_of(entry: LedgerEntry) -> UUID | None:
    """The firm a fact concerns."""
    kind, _, id = entry.subject.partition(":")
    if named := _named(entry):
        return named
    return db.session.scalar(sa.select(Booking.firm_id).where(Booking.id == UUID(id))) if kind == "booking" else None


def _named(entry: LedgerEntry | Written) -> UUID | None:
    """The firm a fact names itself."""
    kind, _, id = entry.subject.partition(":")
    named = id if kind == "firm" else entry.data.get("firm")
    return UUID(named) if named else None


def heard(entries: Sequence[Written]) -> Sequence[Written]:
    """Those facts that may be heard: all but those of firms that have no endpoint that is on."""
    firms = {entry.id: _named(entry) for entry in entries}
    on = {firm for firm, in read("SELECT firm_id FROM webhook_endpoint WHERE state = 'on' AND firm_id ="
                                 " ANY(CAST(:firms AS uuid[]))", {"firms": list({*firms.values()} - {None})})}
    return [entry for entry in entries if (firm := firms[entry.id]) is None or firm in on]


def listening(firm_id: UUID, kind: str) -> Sequence[UUID]:
    """The endpoints of a firm that are on and hear of a kind."""
    return db.session.scalars(sa.select(WebhookEndpoint.id).where(
        WebhookEndpoint.firm_id == firm_id, WebhookEndpoint.state == "on",
        WebhookEndpoint.kinds.contains([kind]))).all()


def delivery(actor: Actor, id: UUID, lock: bool = False) -> WebhookDelivery:
    """A delivery to an endpoint of the actor's firm. Raises WebhookDeliveryNotFound."""
    stmt = sa.select(WebhookDelivery).join(WebhookEndpoint).where(
        WebhookDelivery.id == id, WebhookEndpoint.firm_id == actor.org_id, _THERE)
    stmt = stmt.options(joinedload(WebhookDelivery.endpoint))
    found = db.session.scalars(stmt.with_for_update(of=WebhookDelivery, key_share=True) if lock else stmt).one_or_none()
    if found is None:
        raise WebhookDeliveryNotFound()
    return found


def deliveries(endpoint: WebhookEndpoint, *, state: str | None, cursor: str | None, limit: int) -> paging.Page:
    """What was and is to be sent to an endpoint, newest first, one page."""
    stmt = sa.select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)
    if state:
        stmt = stmt.where(WebhookDelivery.state == state)
    return paging.keyset(stmt.options(joinedload(WebhookDelivery.endpoint)), [WebhookDelivery.id], cursor=cursor,
                         limit=limit, scope=paging.scope_of("webhook-deliveries", [endpoint.id, state]))


def attempts(of: WebhookDelivery, *, cursor: str | None, limit: int) -> paging.Page:
    """The attempts of a delivery, newest first, one page."""
    stmt = sa.select(WebhookAttempt).where(WebhookAttempt.delivery_id == of.id)
    return paging.keyset(stmt, [WebhookAttempt.number], cursor=cursor, limit=limit,
                         scope=paging.scope_of("webhook-attempts", of.id))


def to_send(id: UUID, now: datetime) -> WebhookDelivery | None:
    """A delivery that is due, to an endpoint that is on, locked; None when it is not, or another process has it."""
    stmt = sa.select(WebhookDelivery).join(WebhookEndpoint).where(
        WebhookDelivery.id == id, WebhookDelivery.state == "pending", WebhookDelivery.next_at <= now,
        WebhookEndpoint.state == "on").options(joinedload(WebhookDelivery.endpoint))
    return db.session.scalars(stmt.with_for_update(of=WebhookDelivery, key_share=True, skip_locked=True),
                              execution_options={"populate_existing": True}).one_or_none()


def sent(id: UUID) -> WebhookDelivery:
    """A delivery as it now stands, locked."""
    return db.session.get_one(WebhookDelivery, id, with_for_update={"key_share": True}, populate_existing=True)


def attempt(id: UUID) -> WebhookAttempt:
    """An attempt."""
    return db.session.get_one(WebhookAttempt, id, populate_existing=True)


def due(now: datetime, limit: int) -> Sequence[UUID]:
    """Deliveries that are due and whose job was lost or is yet to come, marked as queued; at endpoints that are on."""
    waiting = sa.select(WebhookDelivery.id).join(WebhookEndpoint).where(
        WebhookDelivery.state == "pending", WebhookDelivery.next_at <= now, WebhookDelivery.queued_until <= now,
        WebhookEndpoint.state == "on").order_by(WebhookDelivery.next_at).limit(limit)
    locked = waiting.with_for_update(of=WebhookDelivery, key_share=True, skip_locked=True)
    stmt = sa.update(WebhookDelivery).where(WebhookDelivery.id.in_(locked)).values(queued_until=now + rules.QUEUED)
    stmt = stmt.returning(WebhookDelivery.id).execution_options(synchronize_session=False)
    return db.session.scalars(stmt).all()


@metrics.measure("webhooks_oldest_seconds", "How old the event is that waits longest to be delivered")
def lag() -> float:
    """Seconds since the oldest event came that is not delivered yet; 0: none waits."""
    oldest = db.session.scalar(sa.select(sa.func.min(WebhookDelivery.created_at)).where(
        WebhookDelivery.state == "pending"))
    return (clock.now() - oldest).total_seconds() if oldest else 0
