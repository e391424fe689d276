"""Two officers confirm the same thing at the same moment, each on a connection of their own: it happens once."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, engine_url
from qiaojiejie.core.errors import Refusal
from qiaojiejie.credit import facts as credit_facts
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.lists import service as lists
from qiaojiejie.petitions import service as petitions
from tests import factories
from tests.conftest import config_for
from tests.lists.parties import entry, officer
from tests.petitions.people import as_manager, as_worker, event, petition


@pytest.fixture(scope="module")
def city(new_database: Callable[[], str]) -> Iterator[Flask]:
    """An app on a database of its own, with connections for some threads."""
    url = new_database()
    made = create_app(config_for(url))
    with made.app_context():
        upgrade()
        db.engine.dispose()
    wide = sa.create_engine(engine_url(url), pool_size=8, max_overflow=2, pool_timeout=30)
    made.extensions["db_override"] = wide
    yield made
    wide.dispose()


def at_once(app: Flask, *verbs: Callable[[], object]) -> Counter[str]:
    """Do these at the same moment; how each ended."""
    ready = threading.Barrier(len(verbs))

    def act(verb: Callable[[], object]) -> str:
        with app.app_context():
            db.session.execute(sa.text("SELECT 1"))
            ready.wait(timeout=60)
            try:
                verb()
                db.session.commit()
                return "done"
            except Refusal as refusal:
                db.session.rollback()
                return refusal.code

    with ThreadPoolExecutor(len(verbs)) as pool:
        return Counter(pool.map(act, verbs))


def told(app: Flask, fact: str, ref: str) -> int:
    """How often the ledger says something of somebody."""
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry).where(
            LedgerEntry.fact == fact, LedgerEntry.subject == ref)) or 0


def confirm(petition_id: UUID, by: Actor) -> Callable[[], object]:
    """An officer confirms."""
    return lambda: petitions.decide(actor=by, petition_id=petition_id, confirm=True)


def test_a_decision_confirmed_by_two_at_once_happens_once(city: Flask) -> None:
    with city.app_context():
        booking = factories.booking("completed")
        made = petition("proposed", as_worker(booking.worker), [event(booking).entry_id], officer())
        people, ref, made_id = [officer(), officer(), officer()], f"worker:{booking.worker_id}", made.id
        db.session.commit()
    ended = at_once(city, *(confirm(made_id, each) for each in people))
    assert ended == Counter({"done": 1, "StepNotPossible": 2})
    assert told(city, credit_facts.VOIDED, ref) == 1


def test_an_entry_confirmed_by_two_at_once_is_entered_once(city: Flask) -> None:
    with city.app_context():
        made = entry()
        ref, made_id, people = made.ref, made.id, [officer(), officer()]
        db.session.commit()
    ended = at_once(city, *(lambda each=each: lists.decide(  # type: ignore[misc]
        actor=each, entry_id=made_id, step="confirm", note="同意") for each in people))
    assert ended == Counter({"done": 1, "StepNotPossible": 1})
    assert told(city, credit_facts.BLOCKED, ref) == 1


def test_a_worker_and_her_firm_appealing_at_once_make_one_petition(city: Flask) -> None:
    with city.app_context():
        booking = factories.booking("completed")
        found, people = event(booking).entry_id, [as_worker(booking.worker), as_manager(booking.firm_id)]
        db.session.commit()
    ended = at_once(city, *(lambda each=each: petitions.appeal(  # type: ignore[misc]
        actor=each, ground="not_true", words="不符", entry_ids=[found]) for each in people))
    assert ended == Counter({"done": 1, "AlreadyPetitioned": 1})
