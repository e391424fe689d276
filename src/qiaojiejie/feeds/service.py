"""Make, revoke and fetch a feed."""

from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.certificates import gateway
from qiaojiejie.core import clock, ids, limits
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.feeds import facts, queries, rules
from qiaojiejie.feeds.errors import CalendarFeedNotFound, FetchedTooOften
from qiaojiejie.feeds.models import CalendarFeed
from qiaojiejie.ledger import service as ledger


def make(*, actor: Actor) -> dict[str, Any]:
    """A new secret address for the actor's bookings in her present role, told this once; an older one dies at once."""
    token, now = token_urlsafe(32), clock.now()
    values = {"token_hash": rules.digest(token), "made_at": now, "fetched_at": None}
    stmt = insert(CalendarFeed).values(id=ids.new(), account_id=actor.account_id, role=actor.role, **values)
    stmt = stmt.on_conflict_do_update(index_elements=[CalendarFeed.account_id, CalendarFeed.role], set_=values)
    replaced = not db.session.execute(stmt.returning(sa.literal_column("xmax = 0"))).scalar_one()
    ledger.append(facts.MADE, subject=actor.ref, actor=actor.ref, data={"role": actor.role, "replaced": replaced})
    path = f"/api/v1/calendar-feeds/{token}.ics"
    return {"role": actor.role, "path": path, "url": f"{gateway.public_url()}{path}", "made_at": now}


def revoke(*, actor: Actor) -> None:
    """The actor's feed in her present role ends; its address finds nothing from now on. Raises CalendarFeedNotFound."""
    feed = queries.find(actor, lock=True)
    if feed is None:
        raise CalendarFeedNotFound()
    db.session.delete(feed)
    ledger.append(facts.REVOKED, subject=actor.ref, actor=actor.ref, data={"role": actor.role})


def fetch(*, token: str) -> bytes:
    """What a calendar app is answered at a secret address. Raises CalendarFeedNotFound, FetchedTooOften."""
    feed = queries.by_token(token)
    limits.hit(b"calendar-feed:" + feed.token_hash, limit=rules.FETCHES_AN_HOUR, seconds=3600,
               refusal=FetchedTooOften)
    touched = sa.update(CalendarFeed).where(CalendarFeed.id == feed.id, CalendarFeed.token_hash == feed.token_hash)
    db.session.execute(touched.values(fetched_at=clock.now()))
    origin = urlsplit(gateway.public_url()).hostname or "localhost"
    return rules.written(queries.bookings(feed.account_id, feed.role), feed.role, origin)
