"""A contract says which days the order is for and at which hours, also while another worker is looked for."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from qiaojiejie.booking.rules import hours
from qiaojiejie.contracts import rules
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.workers import service as workers
from tests import factories
from tests.attendance.conftest import days_balance  # noqa: F401
from tests.contracts.scene import Signing
from tests.family import books_balance  # noqa: F401
from tests.guarantees.scene import Guarded
from tests.stripe_sandbox import StripeSandbox

START = datetime.fromisoformat("2026-12-01T09:00:00+08:00")


class Engaged(Signing, Guarded):
    """An engagement of four days with its contract."""

    def __init__(self, *world: Any, **changes: Any) -> None:
        super().__init__(*world, days=4, **changes)
        self.manager = self.firm
        db.session.get_one(Firm, self.worker.firm_id).address = "宿迁市宿城区测试路 9 号"
        workers.refresh(worker=self.worker)

    def said(self) -> dict[str, str]:
        """What a contract that is drafted now says of the service."""
        assert self.identify().status_code == 200
        made = self.draft(self.manager)
        assert made.status_code == 201, made.json
        return {each["field"]: each["value"] for each in made.json["fields"]}


Arrange = Callable[..., Engaged]


@pytest.fixture()
def arrange(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
            books_balance: None, days_balance: None) -> Arrange:  # noqa: F811
    """Makes an engagement that nobody has booked."""
    return lambda **changes: Engaged(client, stripe_sandbox, run_jobs, **changes)


def test_while_another_is_looked_for_all_days_are_counted(arrange: Arrange) -> None:
    it = arrange()
    it.under_way()
    it.run_jobs()
    it.work(1)
    with clock.frozen(it.evening(1)):
        assert it.seek().status_code == 201
        said = it.said()
    assert said["service_days"].startswith("共 4 天：")
    assert "日由先前的家庭服务员服务；其余 3 天自更换的家庭服务员开始之日起安排" in said["service_days"]
    assert said["service_end"] == "更换的家庭服务员服务满其余 3 天"
    assert "其余 3 天在安排日期时重新计算" in said["service_holidays"]


def test_once_another_has_come_it_says_whose_days_are_whose(arrange: Arrange) -> None:
    it = arrange()
    it.under_way()
    it.run_jobs()
    it.work(1)
    it.replaced(1, 3, it.colleague(insured_until=it.worker.insured_until, health_until=it.worker.health_until))
    with clock.frozen(it.evening(2)):
        said = it.said()
    first, *rest = (it.day(number) for number in (1, 3, 4, 5))
    assert said["service_days"].startswith(
        f"共 4 天：{first.year} 年 {first.month} 月 {first.day} 日由先前的家庭服务员服务；")
    assert all(str(each.day) in said["service_days"].partition("；")[2] for each in rest)
    assert said["service_end"] == rules.day(it.day(5))


def test_the_hours_of_each_day_are_said_of_who_comes_by_the_day_and_by_shift(arrange: Arrange) -> None:
    by_day = arrange(service="elder_care", price=520_000)
    by_night = arrange(service="patient_care_shift", price=20_000)
    by_night.start = factories.tomorrow(20, days=10)
    for it, asked in ((by_day, {"daily": {"from": "09:00", "until": "17:00"}}), (by_night, {"shift": "night"})):
        quoted = it.quote(**asked)
        assert quoted.status_code == 201, quoted.json
        it.id = it.post("/bookings", it.family, {"quote_id": quoted.json["id"]}).json["id"]
        it.pay_all()
    assert "；每天 09:00 至 17:00；" in by_day.said()["service_hours"]
    assert "；每天夜班 20:00 至次日 08:00；" in by_night.said()["service_hours"]


def plan(*taken: list[list[int]] | None, waiting: int = 0) -> dict[str, Any]:
    """A plan of days from the first of December on which these hours are taken; so many of the last wait."""
    made = [{"day": f"2026-12-0{number}", "times": 1, **({} if of is None else {"hours": of})}
            for number, of in enumerate(taken, 1)]
    return {"days": made[:len(made) - waiting], "waiting": made[len(made) - waiting:], "half_minutes": 240}


def test_hours_that_differ_are_said_with_their_days() -> None:
    whole, half = [[540, 1020]], [[480, 720], [840, 1080]]
    said = rules.hours_in_words(plan(whole, half, whole), START)
    assert "；2026 年 12 月 1、3 日 09:00 至 17:00；2026 年 12 月 2 日 08:00 至 12:00、14:00 至 18:00；" in said
    said = rules.hours_in_words(plan(whole, half, whole, waiting=2), START)
    assert "；2026 年 12 月 1 日 09:00 至 17:00；其余各天的时间在安排日期时确定；" in said


def test_of_who_lives_in_no_hours_are_said() -> None:
    assert rules.hours_in_words(plan(None, None), START) == "首日 09:00 到达；一天工作不超过 4 小时计半天，超过计一天"


def test_hours_read_the_same_by_day_and_into_the_night() -> None:
    assert [hours.between(*each) for each in ((480, 1200), (1200, 1920), (480, 1440))] == [
        "08:00 至 20:00", "20:00 至次日 08:00", "08:00 至 24:00"]
