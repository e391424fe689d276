"""Events on their way: a row in the transaction that followed the fact, attempts until one is answered, or for 3 days.

An attempt is begun in one transaction and ended in another, with no lock held while the endpoint is spoken to. When the
process dies in between, the row says when the attempt counts as lost, and the sweep has it made anew: at least once.
"""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import clock, ids, jobs
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import checkpoint, db
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.messages import service as messages
from qiaojiejie.webhooks import gateway, queries, rules
from qiaojiejie.webhooks.lifecycle import DELIVERY, ENDPOINT
from qiaojiejie.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from qiaojiejie.webhooks.service.endpoints import record

BATCH = 200
SEND = "webhooks.send"


@dataclass(frozen=True)
class Begun:
    """An attempt that is about to be made."""

    delivery_id: UUID
    attempt_id: UUID
    url: str
    body: str
    headers: dict[str, str]


def _row(endpoint_id: UUID, entry_id: int | None, event: str, kind: str, body: str) -> dict[str, Any]:
    now = clock.now()
    return {"id": ids.new(), "endpoint_id": endpoint_id, "entry_id": entry_id, "event": event, "kind": kind,
            "body": body, "state": DELIVERY.initial, "attempts": 0, "tries": 0, "next_at": now,
            "queued_until": now + rules.QUEUED, "until": now + rules.TRIED_FOR, "created_at": now}


def fan_out(*, entry_id: int) -> None:
    """A fact goes to every endpoint of its firm that hears of it; run again, it is the same deliveries."""
    entry = ledger_queries.get(entry_id)
    firm_id = queries.firm_of(entry)
    listening = queries.listening(firm_id, entry.fact) if firm_id else ()
    if not listening:
        return
    event = f"evt_{entry.id}"
    body = rules.body(event=event, kind=entry.fact, at=clock.local(entry.at), subject=entry.subject, data=entry.data)
    stmt = insert(WebhookDelivery).values([_row(each, entry.id, event, entry.fact, body) for each in listening])
    made = db.session.scalars(stmt.on_conflict_do_nothing().returning(WebhookDelivery.id)).all()
    if made:
        jobs.defer_many(SEND, [{"delivery_id": str(each)} for each in made])


def ping(*, actor: Actor, endpoint_id: UUID) -> WebhookDelivery:
    """Send a test event. Raises WebhookEndpointNotFound, StepNotPossible (the endpoint is off)."""
    endpoint = queries.endpoint(actor, endpoint_id, lock=True)
    _must_be_on(endpoint, rules.PING)
    event = f"ping_{ids.new().hex}"
    body = rules.body(event=event, kind=rules.PING, at=clock.local(clock.now()), subject="", data={})
    made = WebhookDelivery(**_row(endpoint.id, None, event, rules.PING, body))
    db.session.add(made)
    db.session.flush()
    jobs.defer(SEND, delivery_id=str(made.id))
    return made


def replay(*, actor: Actor, delivery_id: UUID) -> WebhookDelivery:
    """What was delivered or given up is sent once more: the same event, the same bytes.

    Raises WebhookDeliveryNotFound, StepNotPossible.
    """
    found = queries.delivery(actor, delivery_id, lock=True)
    _must_be_on(found.endpoint, "replay")
    row, now = DELIVERY.move(found, "replay", party="firm"), clock.now()
    found.tries, found.next_at, found.delivered_at = 0, now, None
    found.queued_until, found.until = now + rules.QUEUED, now + rules.TRIED_FOR
    db.session.flush()
    record(row.fact, found.endpoint, actor.ref, delivery=str(found.id), event=found.event)
    jobs.defer(SEND, delivery_id=str(found.id))
    return found


def _must_be_on(endpoint: WebhookEndpoint, step: str) -> None:
    if endpoint.state != "on":
        raise StepNotPossible(step=step, state=endpoint.state, state_name=endpoint.state_name)


def send(*, delivery_id: UUID) -> None:
    """One attempt at a delivery that is due, with no lock held while the endpoint is spoken to."""
    begun = _begin(delivery_id)
    if begun is not None:
        checkpoint()
        _end(begun, gateway.courier().post(begun.url, begun.body, begun.headers))


def _begin(delivery_id: UUID) -> Begun | None:
    now = clock.now()
    found = queries.to_send(delivery_id, now)
    if found is None:
        return None
    if now > found.until:
        DELIVERY.move(found, "give_up", party="system")
        return None
    found.attempts += 1
    found.tries += 1
    found.next_at = found.queued_until = now + rules.LEASE
    made = WebhookAttempt(id=ids.new(), delivery_id=found.id, number=found.attempts, begun_at=now)
    db.session.add(made)
    db.session.flush()
    signed = rules.signature(found.body, found.endpoint.secrets_at(now), int(time.time()))  # as receivers' clocks say
    return Begun(found.id, made.id, found.endpoint.url, found.body, {
        rules.SIGNATURE: signed, "Qiaojiejie-Event": found.event, "Qiaojiejie-Delivery": str(found.id)})


def _end(begun: Begun, answer: gateway.Answer) -> None:
    now, verdict = clock.now(), rules.verdict(answer.status)
    found, made = queries.sent(begun.delivery_id), queries.attempt(begun.attempt_id)
    made.ended_at, made.status, made.failure, made.took_ms = now, answer.status, answer.failure, answer.took_ms
    if found.state == "pending":
        _settle(found, verdict, answer)
    db.session.flush()
    _watch(found.endpoint_id, delivered=verdict == "delivered")


def _settle(found: WebhookDelivery, verdict: str, answer: gateway.Answer) -> None:
    now = clock.now()
    again = now + rules.wait(found.tries, answer.retry_after)
    if verdict == "delivered":
        DELIVERY.move(found, "deliver", party="system")
        found.delivered_at = now
    elif verdict == "never" or again > found.until:
        DELIVERY.move(found, "give_up", party="system")
    else:
        found.next_at = found.queued_until = again


def _watch(endpoint_id: UUID, delivered: bool) -> None:
    """An endpoint where nothing has arrived for days is switched off, and its firm told."""
    endpoint, now = queries.endpoint_locked(endpoint_id), clock.now()
    if delivered:
        endpoint.failing_since = None
    elif endpoint.failing_since is None:
        endpoint.failing_since = now
    elif endpoint.state == "on" and now - endpoint.failing_since >= rules.OFF_AFTER:
        row = ENDPOINT.move(endpoint, "switch_off", party="system")
        db.session.flush()
        record(row.fact, endpoint, "system", failing_since=endpoint.failing_since.isoformat())
        _tell(endpoint)


def _tell(endpoint: WebhookEndpoint) -> None:
    for account_id in identity.accounts_in(endpoint.firm_id, Role.FIRM_MANAGER):
        messages.notify(account_id=account_id, kind="webhook_switched_off", data={
            "webhook": str(endpoint.id), "host": endpoint.host})


def take_up() -> None:
    """Defer jobs for deliveries that are due: tries to be made again, and those lost with the process that had them."""
    found = queries.due(clock.now(), BATCH)
    if found:
        jobs.defer_many(SEND, [{"delivery_id": str(each)} for each in found])


def forget() -> None:
    """Delete deliveries of more than 30 days ago, with their attempts."""
    db.session.execute(sa.delete(WebhookDelivery).where(WebhookDelivery.created_at < clock.now() - rules.KEPT))
