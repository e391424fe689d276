"""Add, change, rotate, switch on and remove an endpoint."""

from collections.abc import Collection
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.webhooks import facts, gateway, queries, rules
from qiaojiejie.webhooks.errors import TooManyWebhookEndpoints, WebhookEndpointNotFound
from qiaojiejie.webhooks.lifecycle import ENDPOINT
from qiaojiejie.webhooks.models import WebhookEndpoint


def _new_secret() -> str:
    return f"whsec_{token_urlsafe(32)}"


def record(fact: str, endpoint: WebhookEndpoint, by: str, /, **more: Any) -> None:
    """Write a fact about an endpoint."""
    ledger.append(fact, subject=endpoint.ref, actor=by, data={"firm": str(endpoint.firm_id), **more})


def add(*, actor: Actor, url: str, kinds: Collection[str]) -> WebhookEndpoint:
    """A firm listens at an address for kinds of event; the secret is told by whoever shows it now, once.

    Raises WebhookUrlRefused, TooManyWebhookEndpoints.
    """
    if actor.org_id is None:
        raise WebhookEndpointNotFound()
    rules.check_url(url, gateway.courier().local)
    if queries.count_locked(actor.org_id) >= rules.MOST_ENDPOINTS:
        raise TooManyWebhookEndpoints(most=rules.MOST_ENDPOINTS)
    made = WebhookEndpoint(firm_id=actor.org_id, state=ENDPOINT.initial, url=url, kinds=rules.in_order(kinds),
                           secret=_new_secret(), added_by=actor.account_id, added_at=clock.now())
    db.session.add(made)
    db.session.flush()
    record(facts.ADDED, made, actor.ref, kinds=made.kinds)
    return made


def change(*, actor: Actor, endpoint_id: UUID, url: str | None = None,
           kinds: Collection[str] | None = None) -> WebhookEndpoint:
    """Another address, other kinds; what is on its way goes to the new address.

    Raises WebhookEndpointNotFound, WebhookUrlRefused.
    """
    found = queries.endpoint(actor, endpoint_id, lock=True)
    moved = url is not None and url != found.url
    if url is not None:
        rules.check_url(url, gateway.courier().local)
        found.url = url
    if kinds is not None:
        found.kinds = rules.in_order(kinds)
    db.session.flush()
    record(facts.CHANGED, found, actor.ref, kinds=found.kinds, moved=moved)
    return found


def rotate(*, actor: Actor, endpoint_id: UUID) -> WebhookEndpoint:
    """A new secret; for 24 hours events are signed with the one before, too (an older one counts no more).

    Raises WebhookEndpointNotFound.
    """
    found = queries.endpoint(actor, endpoint_id, lock=True)
    found.previous_secret, found.previous_until = found.secret, clock.now() + rules.ROTATION
    found.secret = _new_secret()  # type: ignore[assignment]
    db.session.flush()
    record(facts.SECRET_ROTATED, found, actor.ref)
    return found


def switch_on(*, actor: Actor, endpoint_id: UUID) -> WebhookEndpoint:
    """What was switched off is on again. Raises WebhookEndpointNotFound, StepNotPossible."""
    found = queries.endpoint(actor, endpoint_id, lock=True)
    row = ENDPOINT.move(found, "switch_on", party="firm")
    found.failing_since = None
    db.session.flush()
    record(row.fact, found, actor.ref)
    return found


def remove(*, actor: Actor, endpoint_id: UUID) -> None:
    """Nothing is sent there any more. Raises WebhookEndpointNotFound."""
    found = queries.endpoint(actor, endpoint_id, lock=True)
    row = ENDPOINT.move(found, "remove", party="firm")
    found.previous_secret = None
    db.session.flush()
    record(row.fact, found, actor.ref)
