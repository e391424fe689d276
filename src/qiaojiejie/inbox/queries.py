"""Read the inbox."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.inbox.models import WebhookEvent

#: an event this old whose job has not run is given another
STALE = timedelta(seconds=30)
BATCH = 100


def event(event_id: str) -> WebhookEvent:
    """An event as it now stands."""
    return db.session.get_one(WebhookEvent, event_id, populate_existing=True)


def waiting() -> Sequence[WebhookEvent]:
    """Events that have waited too long, oldest first, a batch of them."""
    return db.session.scalars(
        sa.select(WebhookEvent).where(WebhookEvent.handled_at.is_(None),
                                      WebhookEvent.received_at <= clock.now() - STALE)
        .order_by(WebhookEvent.received_at).limit(BATCH)).all()
