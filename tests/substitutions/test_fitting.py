"""Who fits: free at the hours the work takes, on her own terms, and near enough for the ways."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import h3
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import Terms
from qiaojiejie.catalog.rules import cell
from qiaojiejie.core import clock
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.guarantees.scene import Guarded
from tests.stripe_sandbox import StripeSandbox
from tests.substitutions.scene import Scene

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LAT, LNG = h3.cell_to_latlng(h3.int_to_str(factories.CELL))
FAR = cell(LNG + 0.2, LAT)  # 80 minutes from where everybody is


def engaged(worker: Worker, start: datetime, hours: float = 1, cell: int | None = None) -> None:
    """She has something else to do then."""
    calendars.engage(worker_no=worker.no, during=Range(start, start + hours * HOUR), ref=f"test:{worker.no}:{start}",
                     cell=cell)


def on_terms(worker: Worker, before: int, after: int) -> Worker:
    """Her ways there and back take so many minutes."""
    calendars.set_terms(worker_no=worker.no, terms=Terms(buffer_before=before, buffer_after=after))
    return worker


@pytest.fixture()
def by_day(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int]) -> Guarded:
    """Ten days of care from nine to six, paid; it begins in ten days."""
    made = Guarded(client, stripe_sandbox, run_jobs, days=10, service="elder_care", price=520_000)
    quoted = made.quote(daily={"from": "09:00", "until": "18:00"})
    made.id = made.post("/bookings", made.family, {"quote_id": quoted.json["id"]}).json["id"]
    made.pay_all()
    return made


def fitting(it: Guarded) -> set[str]:
    """Who could come instead."""
    answer = it.client.get(f"/api/v1/bookings/{it.id}/substitutes", headers=it.firm)
    assert answer.status_code == 200, answer.json
    return {each["worker"]["id"] for each in answer.json["items"]}


def taken(it: Guarded, worker: Worker) -> Any:
    """She is offered and the family takes her."""
    made = it.of_booking("substitutions", it.firm, reason="worker_left", worker_ids=[str(worker.id)])
    assert made.status_code == 201, made.json
    return it.post(f"/substitutions/{made.json['id']}/answers", it.family, {"worker_id": str(worker.id)})


def test_who_is_free_by_day_comes_by_day_whatever_she_does_in_the_evenings(by_day: Guarded) -> None:
    evenings, noons, tired = by_day.colleague(), by_day.colleague(), by_day.colleague()
    engaged(evenings, by_day.start + 2 * DAY + 10 * HOUR)
    engaged(noons, by_day.start + 2 * DAY + 3 * HOUR)
    engaged(tired, by_day.start + 2 * DAY + 9.5 * HOUR, 0.5)  # half an hour after, which is too soon for two ways
    assert fitting(by_day) == {str(evenings.id)}
    assert taken(by_day, evenings).json["state"] == "taken"
    assert len(by_day.engaged()) == 10


def test_who_comes_by_day_works_at_these_hours_of_each_of_the_weekdays(by_day: Guarded) -> None:
    week = range(1, 8)
    for hours in ([(day, 600, 1080) for day in week], [(day, 540, 1080) for day in week if day != 3]):
        calendars.set_hours(worker_no=by_day.colleague().no, hours=hours)
    split = by_day.colleague()
    calendars.set_hours(worker_no=split.no, hours=[(day, *half) for day in week for half in ((540, 720), (720, 1080))])
    assert fitting(by_day) == {str(split.id)}


def test_ways_there_and_back_are_as_long_as_she_says(it: Scene) -> None:
    quick, slow, usual = on_terms(it.colleague(), 0, 0), on_terms(it.colleague(), 0, 120), it.colleague()
    for worker in (quick, slow, usual):
        engaged(worker, it.start + 3.5 * HOUR)
    assert it.fitting() == [str(quick.id)]
    made = it.offer(quick)
    assert it.answer(made.json["id"], quick).json["state"] == "taken"


def test_who_has_too_far_to_go_is_not_offered(it: Scene, by_day: Guarded) -> None:
    near, far = it.colleague(), it.colleague()
    engaged(near, it.start + 4 * HOUR, cell=factories.CELL)
    engaged(far, it.start + 4 * HOUR, cell=FAR)
    assert it.fitting() == [str(near.id)]
    far, later = by_day.colleague(), by_day.colleague()
    engaged(far, by_day.start + DAY + 10 * HOUR, cell=FAR)
    engaged(later, by_day.start + DAY + 11 * HOUR, cell=FAR)
    assert fitting(by_day) == {str(later.id)}


def test_who_goes_on_by_day_is_free_by_day(by_day: Guarded, world: sa.Connection) -> None:
    assert by_day.arrive().status_code == 200
    by_day.run_jobs()
    by_day.work(1)
    evenings, noons = by_day.colleague(), by_day.colleague()
    engaged(evenings, by_day.start + 3 * DAY + 10 * HOUR)
    engaged(noons, by_day.start + 3 * DAY + 3 * HOUR)
    with clock.frozen(by_day.evening(1)):
        assert by_day.seek().status_code == 201
        assert Guarded.fitting(by_day, by_day.day(2)) == [str(evenings.id)]
        assert by_day.offer(by_day.day(2), evenings).status_code == 201
        assert by_day.take(evenings).status_code == 200
