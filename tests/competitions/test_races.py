"""Two at once, on a database that really commits."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.competitions.models import Competition, CompetitionEntrant, CompetitionResult, CompetitionSheet
from qiaojiejie.competitions.queries import results as result_queries
from qiaojiejie.competitions.rules import shape
from qiaojiejie.competitions.service import competitions, entrants, jury, results
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Refusal
from tests import factories
from tests.competitions.scene import CRITERIA, NOW
from tests.conftest import config_for

FULL = {"skill": 6000, "care": 4000}


@pytest.fixture()
def city(new_database: Callable[[], str]) -> Iterator[Flask]:
    """The whole app on a database of its own."""
    made = create_app(config_for(new_database()))
    with made.app_context():
        upgrade()
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
    made.extensions["db_reader"].dispose()


def at_once(city: Flask, *steps: Callable[[], Any]) -> list[str]:
    """Each step in a transaction of its own, begun together: how each ended."""
    ready = Barrier(len(steps))

    def run(step: Callable[[], Any]) -> str:
        with city.app_context(), clock.frozen(NOW):
            ready.wait(timeout=20)
            try:
                step()
                db.session.commit()
                return "done"
            except Refusal as refusal:
                db.session.rollback()
                return refusal.code

    with ThreadPoolExecutor(len(steps)) as pool:
        return sorted(pool.map(run, steps))


def actor(role: Role, account_id: UUID | None = None) -> Actor:
    """Somebody in a role."""
    account_id = account_id or factories.member(role).id
    return Actor(account_id=account_id, session_id=account_id, role=role, org_id=None)


def opened(officer: Actor) -> UUID:
    """A competition that takes two entrants of a firm at most."""
    today = clock.today()
    made = competitions.draft(
        actor=officer, name="技能大赛", edition=6, year=2026, level="city", region_code=None, parent_id=None,
        organiser="妇联", entries_from=today, entries_until=today, held_on=today + timedelta(days=7), titles=[],
        admission={**shape.ADMISSION, "per_firm": 2}, scoring=shape.SCORING, objection_days=5, events=[{
            "code": "baby", "name": "母婴护理", "name_en": "baby", "theory_max": 10_000, "criteria": CRITERIA,
            "medals": {"gold": 1, "silver": 0, "bronze": 0}}])
    competitions.take_step(actor=officer, competition_id=made.id, step="open_entries")
    return made.id


def test_however_many_of_a_firm_enter_at_once_its_quota_holds_and_nobody_enters_twice(city: Flask) -> None:
    with city.app_context(), clock.frozen(NOW):
        made, firm = opened(actor(Role.FEDERATION_ADMIN)), factories.firm()
        staff = [actor(Role.WORKER, factories.worker_with_account(of=firm).account_id) for _ in range(6)]
        alone = actor(Role.WORKER, factories.worker_with_account().account_id)
        db.session.commit()

    def enter(who: Actor) -> Callable[[], Any]:
        return lambda: entrants.enter(actor=who, competition_id=made, event="baby")

    assert at_once(city, *map(enter, staff)) == ["FirmQuotaFull"] * 4 + ["done"] * 2
    assert at_once(city, enter(alone), enter(alone)) == ["AlreadyEntered", "done"]
    with city.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(CompetitionEntrant)) == 3


def test_a_sheet_handed_in_while_the_chief_seals_is_sealed_with_the_rest_or_refused(city: Flask) -> None:
    with city.app_context(), clock.frozen(NOW):
        officer = actor(Role.FEDERATION_ADMIN)
        made = opened(officer)
        for _ in range(4):
            entrants.enter(actor=actor(Role.WORKER, factories.worker_with_account().account_id), competition_id=made,
                           event="baby")
        judges = [actor(Role.TRAINER) for _ in range(4)]
        for number, judge in enumerate(judges):
            jury.appoint(actor=officer, competition_id=made, judge_account_id=judge.account_id,
                         kind=("chief", "judge", "judge", "examiner")[number])
        with clock.frozen(NOW + timedelta(days=1)):
            competitions.take_step(actor=officer, competition_id=made, step="close_entries")
        competitions.take_step(actor=officer, competition_id=made, step="begin_judging")
        db.session.commit()

    def mark(number: int) -> Callable[[], Any]:
        return lambda: jury.mark(actor=judges[1], competition_id=made, event="baby", number=number, marks=FULL)

    def seal() -> Any:
        return jury.seal(actor=judges[0], competition_id=made, missing_because="试封")

    ended = at_once(city, *(mark(number) for number in range(1, 5)), seal, seal)
    assert ended.count("done") >= 1 and set(ended) <= {"done", "StepNotPossible"}
    with city.app_context(), clock.frozen(NOW):
        sealed = db.session.get_one(Competition, made)
        kept = db.session.scalar(sa.select(sa.func.count()).select_from(CompetitionSheet))
        raw = result_queries.raw(made)
        assert kept == ended.count("done") - 1 == sum(len(each["practice"]) for each in raw)
        assert sealed.state == "sealed" and len(sealed.missing) == 4 * 3 + 4 - kept

    def publish() -> Any:
        return results.publish(actor=officer, competition_id=made)

    assert at_once(city, publish, publish) == ["StepNotPossible", "done"]
    with city.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(CompetitionResult)) == 1
