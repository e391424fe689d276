"""A worker's card, listing and skills."""

import time
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.workers import queries, service as workers
from qiaojiejie.workers.models import Worker, WorkerService, WorkerSkill
from qiaojiejie.workers.schemas import WorkerCardOut
from tests import factories

pytestmark = pytest.mark.usefixtures("world")


def skills(of: Worker) -> dict[str, int]:
    """Her rows in the search's index: service → price."""
    rows = db.session.scalars(sa.select(WorkerSkill).where(WorkerSkill.worker_no == of.no))
    return {row.service_code: row.price_fen for row in rows}


def test_a_rendered_card_has_the_published_shape_and_no_full_name() -> None:
    of = factories.worker(services={"cleaning": 4000, "organising": 6000}, rating_sum=24, rating_count=5)
    workers.refresh(worker=of)
    assert WorkerCardOut().validate(of.card) == {}
    assert of.card["name"] == "王阿姨"
    assert of.card["rating"] == {"average": "4.8", "count": 5}
    assert of.card["price_from"]["display"] == "¥40.00"
    assert "秀英" not in str(of.card)


def test_a_worker_is_listed_with_one_skill_for_each_service() -> None:
    of = factories.worker(services={"cleaning": 4000, "organising": 6000}, listed=False)
    workers.refresh(worker=of)
    assert of.listed
    assert skills(of) == {"cleaning": 4000, "organising": 6000}


@pytest.mark.parametrize("lacking", ["identity", "services", "firm"])
def test_a_worker_who_lacks_something_is_on_no_list(lacking: str) -> None:
    of = factories.worker(factories.firm(state="suspended" if lacking == "firm" else "on_platform"))
    workers.refresh(worker=of)
    if lacking == "identity":
        of.identity_verified_on = None
    if lacking == "services":
        db.session.execute(sa.delete(WorkerService).where(WorkerService.worker_id == of.id))
    workers.refresh(worker=of)
    assert not of.listed
    assert skills(of) == {}


def test_a_new_standing_reaches_card_and_skills() -> None:
    of = factories.worker()
    workers.refresh(worker=of)
    workers.grade(worker_id=of.id, score=851, grade="AAA")
    assert (of.card["score"], of.card["grade"]) == (851, "AAA")
    skill = db.session.scalars(sa.select(WorkerSkill).where(WorkerSkill.worker_no == of.no)).one()
    assert (skill.score, skill.grade_rank) == (851, 5)


def test_ratings_and_completed_bookings_are_counted_on_the_card() -> None:
    of = factories.worker()
    workers.rate(worker_id=of.id, overall=5)
    workers.rate(worker_id=of.id, overall=4)
    workers.count_completed(worker_id=of.id)
    assert of.card["rating"] == {"average": "4.5", "count": 2}
    assert of.card["completed"] == 1


@pytest.mark.parametrize("sought", ["王阿姨", "way", "保洁", "rcbj", "沭阳", "sy", "宿迁"])
def test_she_is_found_by_words_and_by_pinyin_initials(sought: str) -> None:
    of = factories.worker()
    workers.refresh(worker=of)
    firm_id = UUID(of.card["firm"]["id"])
    assert [row.id for row in queries.staff(firm_id, words=sought).items] == [of.id]
    assert queries.staff(firm_id, words="月嫂").items == []


def test_three_thousand_workers_are_rendered_in_a_bounded_number_of_queries(world: sa.Connection) -> None:
    firm = factories.firm()
    made = [factories.worker(firm, services={"cleaning": 4000, "organising": 5000}) for _ in range(50)]
    counted: list[str] = []
    sa.event.listen(world, "before_cursor_execute", lambda *call: counted.append(call[2]))
    started = time.perf_counter()
    workers.refresh_many(worker_ids=[of.id for of in made])
    assert len(counted) == 5
    assert time.perf_counter() - started < 4


def test_a_card_from_last_year_is_rendered_again_in_the_new_one(sweep: Callable[[str], None]) -> None:
    of = factories.worker(birth_year=1981, card_on=date(2025, 12, 31), card={"age_band": "40–44"})
    sweep("turn_the_year")
    assert of.card["age_band"] == "45–49"
