"""Two at once, on a database that really commits."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.competitions.models import Competition, CompetitionEntrant, CompetitionResult, CompetitionSheet
from qiaojiejie.competitions.queries import results as result_queries
from qiaojiejie.competitions.rules import shape
from qiaojiejie.competitions.service import competitions, entrants, jury, results
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from tests import factories
from tests.competitions.scene import CRITERIA, NOW
from tests.races import at_once

FULL = {"skill": 6000, "care": 4000}


def ended(city: Flask, steps: Iterable[Callable[[], Any]]) -> list[str]:
    """How each of these begun at once ended, in the order of the words."""
    def only(step: Callable[[], Any]) -> Callable[[], None]:
        return lambda: None if step() else None

    return sorted(at_once(city, [only(step) for step in steps], NOW))


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

    assert ended(city, map(enter, staff)) == ["FirmQuotaFull"] * 4 + ["done"] * 2
    assert ended(city, [enter(alone)] * 2) == ["AlreadyEntered", "done"]
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

    how = ended(city, [*(mark(number) for number in range(1, 5)), seal, seal])
    assert how.count("done") >= 1 and set(how) <= {"done", "StepNotPossible"}
    with city.app_context(), clock.frozen(NOW):
        sealed = db.session.get_one(Competition, made)
        kept = db.session.scalar(sa.select(sa.func.count()).select_from(CompetitionSheet))
        raw = result_queries.raw(made)
        assert kept == how.count("done") - 1 == sum(len(each["practice"]) for each in raw)
        assert sealed.state == "sealed" and len(sealed.missing) == 4 * 3 + 4 - kept

    def publish() -> Any:
        return results.publish(actor=officer, competition_id=made)

    assert ended(city, [publish] * 2) == ["StepNotPossible", "done"]
    with city.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(CompetitionResult)) == 1
