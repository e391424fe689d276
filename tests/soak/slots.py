"""Many families want the same hours at once, each on a connection of its own (R5)."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.booking import service as booking
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Refusal
from tests import factories
from tests.soak.trial import Trial, Untrue

AT_ONCE = 50


def run(app: Flask, seed: int, size: int, at_once: int = 2 * AT_ONCE, until_wrong: bool = False) -> Trial:
    """So many rushes for one worker's hours."""

    def case(_: random.Random) -> list[str]:
        answers = rush(app, at_once)
        if answers != {"booked": 1, "SlotTaken": at_once - 1}:
            raise Untrue(f"{dict(answers)}")
        return list(answers.elements())

    return Trial(f"R5 rushes of {at_once} families for the same hours", seed).run(range(size), case, until_wrong)


@contextmanager
def unguarded(app: Flask) -> Iterator[None]:
    """The exclusion constraint replaced by one of its name that never applies."""
    guard = "EXCLUDE USING gist (int8range(worker_no, worker_no, '[]') WITH =, during WITH &&)"

    def alter(constraint: str) -> None:
        with app.app_context():
            db.session.execute(sa.text("TRUNCATE worker_interval"))
            db.session.execute(sa.text("ALTER TABLE worker_interval DROP CONSTRAINT no_overlap"))
            db.session.execute(sa.text(f"ALTER TABLE worker_interval ADD CONSTRAINT no_overlap {constraint}"))
            db.session.commit()

    alter(f"{guard} WHERE (kind = 'never')")
    try:
        yield
    finally:
        alter(guard)


def at_once(app: Flask, wanted: list[tuple[Actor, UUID]]) -> Counter[str]:
    """Book all these quotes at the same moment, each on a connection of its own; how each was answered."""
    ready = threading.Barrier(len(wanted))

    def book(actor: Actor, quote_id: UUID) -> str:
        with app.app_context():
            db.session.execute(sa.text("SELECT 1"))
            ready.wait(timeout=60)
            try:
                booking.book(actor=actor, quote_id=quote_id)
                db.session.commit()
                return "booked"
            except Refusal as refusal:
                db.session.rollback()
                return refusal.code

    with ThreadPoolExecutor(len(wanted)) as pool:
        return Counter(pool.map(lambda each: book(*each), wanted))


def rush(app: Flask, families: int = AT_ONCE) -> Counter[str]:
    """So many families book overlapping hours of one worker at the same moment; how each was answered."""
    with app.app_context():
        she = factories.worker_with_account()
        wanted: list[tuple[Actor, UUID]] = []
        for place in range(families):  # 10:00–13:00, 10:30–13:30, …: every one overlaps every other
            family = factories.household()
            quote = factories.quote(family, she, factories.tomorrow(10, 30 * (place % 5)))
            wanted.append((Actor(family.account_id, ids.new(), Role.HOUSEHOLD, None), quote.id))
        worker_id = she.id
        db.session.commit()
    answers = at_once(app, wanted)
    with app.app_context():
        stored = db.session.scalar(sa.select(sa.func.count()).where(Booking.worker_id == worker_id))
        assert stored == answers["booked"]
    return answers
