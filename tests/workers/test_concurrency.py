"""Two firms want the same person at once, on connections of their own: one has her, the other is told so."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import blind
from qiaojiejie.firms import queries as firms
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Employment, Worker
from qiaojiejie.workers.rules import Entry
from tests import factories
from tests.races import at_once

FIRMS = 4


@pytest.fixture()
def city(city: Flask) -> Iterator[Flask]:
    """The app, with its context open for the test too."""
    with city.app_context():
        yield city


def admitting(firm_id: UUID, entry: Entry) -> Callable[[], UUID]:
    """A firm's clerk taking somebody on."""
    def admit() -> UUID:
        clerk = Actor(firm_id, firm_id, Role.FIRM_MANAGER, firm_id)
        return workers.admit(firm=firms.get(firm_id), actor=clerk, entry=entry).id

    return admit


def some_firms() -> list[UUID]:
    """Firms that are there for every connection."""
    made = [factories.firm().id for _ in range(FIRMS)]
    db.session.commit()
    return made


@pytest.mark.parametrize("known", [False, True])
def test_one_of_several_firms_has_her_and_the_others_are_told(city: Flask, known: bool) -> None:
    number = factories.id_number(factories.date(1979, 3, 4 + known))
    entry = Entry(id_number=number, name="王秀英", phone=factories.phone())
    if known:
        before = factories.worker(None, id_number=number, id_index=blind("id_number", number),
                                  phone=entry.phone, phone_index=blind("phone", entry.phone))
        before.firm_id = None
        db.session.execute(sa.delete(Employment).where(Employment.worker_id == before.id))
    answers = at_once(city, [admitting(firm_id, entry) for firm_id in some_firms()])
    assert sorted(map(str, answers)).count("WorkerElsewhere") == FIRMS - 1
    [worker_id] = [answer for answer in answers if answer != "WorkerElsewhere"]
    open_ones = db.session.scalars(sa.select(Employment.firm_id).where(
        Employment.worker_id == worker_id, Employment.left_on.is_(None))).all()
    found = db.session.get_one(Worker, worker_id, populate_existing=True)
    assert open_ones == [found.firm_id]


def test_two_people_who_give_one_phone_both_come_in_and_one_has_its_account(city: Flask) -> None:
    phone = factories.phone()
    family = factories.member(Role.HOUSEHOLD, who=factories.account(phone)).id
    jobs = [admitting(firm_id, Entry(id_number=factories.id_number(factories.date(1981, 7, 1 + day)), name="李春",
                                     phone=phone)) for day, firm_id in enumerate(some_firms())]
    answers = at_once(city, jobs)
    accounts = db.session.scalars(sa.select(Worker.account_id).where(Worker.id.in_(answers))).all()
    assert len(accounts) == FIRMS and [each for each in accounts if each] == [family]
    db.session.rollback()
